import { expect, test } from 'vitest'
import { directionOf } from './direction.ts'

test('the first letter says the direction, and code does not', () => {
  const texts = ['Hello שלום', 'שלום Hello', '1. שלום', '`npm test` שלום', 'مرحبا', '123', '', '😀 ok']
  expect(texts.map(directionOf)).toEqual(['ltr', 'rtl', 'rtl', 'rtl', 'rtl', undefined, undefined, 'ltr'])
})
