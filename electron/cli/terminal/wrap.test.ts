import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textWidth } from './width.ts'
import { wrapRows } from './wrap.ts'

test('a text breaks between words, and a longer word is cut', () => {
  expect([
    wrapRows('until you close the chat', 10),
    wrapRows('a abcdefgh b', 5),
    wrapRows('世界人民', 5),
    wrapRows('one\ntwo three', 5),
    wrapRows('  code stays where it is', 12),
    wrapRows('list  one two three', 12, 6),
    wrapRows('as it is', Number.POSITIVE_INFINITY),
  ]).toEqual([
    ['until you', 'close the', 'chat'],
    ['a', 'abcde', 'fgh b'],
    ['世界', '人民'],
    ['one', 'two', 'three'],
    ['  code stays', 'where it is'],
    ['list  one', '      two', '      three'],
    ['as it is'],
  ])
})

test('no row is wider than it may be, and nothing but blanks is lost', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'bc', ' ', '世', '\n', '-') })
  fc.assert(
    fc.property(text, fc.integer({ min: 4, max: 30 }), (one, columns) => {
      const rows = wrapRows(one, columns)
      expect(rows.every((row) => textWidth(row) <= columns)).toBe(true)
      expect(rows.join('').replace(/\s/g, '')).toBe(one.replace(/\s/g, ''))
    }),
  )
})
