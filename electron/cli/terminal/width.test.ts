import { expect, test } from 'vitest'
import { fitEnd, fitStart, padEnd, textWidth } from './width.ts'

test.each([
  ['abc', 3],
  ['世界', 4],
  ['e\u0301', 1],
  ['😀', 2],
  ['…', 1],
])('%j takes %i columns', (text, width) => {
  expect(textWidth(text)).toBe(width)
})

test('a text is cut to its columns, never inside a wide character', () => {
  expect([fitEnd('abcdef', 4), fitEnd('世界人', 4), fitEnd('abc', 3), fitStart('/a/b/file.ts', 8)]).toEqual([
    'abc…',
    '世…',
    'abc',
    '…file.ts',
  ])
})

test('cells are filled by columns', () => {
  expect(padEnd('世', 4)).toBe('世  ')
})
