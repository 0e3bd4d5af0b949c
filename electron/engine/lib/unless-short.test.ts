import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unlessShort } from './unless-short.ts'

test('a place that is missing counts as empty', async () => {
  expect(await readdir(join(tmpdir(), 'claw-missing', 'folder')).catch(unlessShort([]))).toEqual([])
})

test.each(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'])('where %s kept from looking, nothing is known', (code) => {
  const error = Object.assign(new Error('short'), { code })
  expect(() => unlessShort([])(error)).toThrow(error)
})
