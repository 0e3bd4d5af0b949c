import { expect, test } from 'vitest'
import { isNewEnough } from './node-version.mjs'

test('Node 20.19 is the oldest that will do', () => {
  const versions = ['18.20.4', '20.9.0', '20.18.3', '20.19.0', '21.0.0', '24.1.0']
  expect(versions.filter(isNewEnough)).toEqual(['20.19.0', '21.0.0', '24.1.0'])
})
