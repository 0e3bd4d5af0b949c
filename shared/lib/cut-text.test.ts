import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutText, endOfText, splitText } from './cut-text.ts'

const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

const family = '👨\u200d👩\u200d👧'

test('a cut is between characters as a person sees them', () => {
  expect([
    splitText(`ab${family}c`, 5),
    splitText('e\u0301e\u0301e\u0301', 3),
    splitText('😀😀😀', 3),
    splitText('🇩🇪🇫🇷', 6),
    splitText('short', 10),
  ]).toEqual([
    ['ab', `${family}c`],
    ['e\u0301', 'e\u0301e\u0301'],
    ['😀', '😀😀'],
    ['🇩🇪', '🇫🇷'],
    ['short', ''],
  ])
})

test('a plain text is cut where the language would cut it too, and the end of a line stays whole', () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '~', '\n', '\r', '\r\n', 'e\u0301', '👍'), maxLength: 40 })
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), (rest, length) => {
      const whole = `a${rest}`
      const [start] = splitText(whole, length)
      expect(start.length).toBe(segmenter.segment(whole).containing(length)?.index ?? whole.length)
    }),
  )
  expect(splitText('ab\r\nc', 3)).toEqual(['ab', '\r\nc'])
})

test('a text of one line ends with three dots where it was cut', () => {
  expect([cutText('one  two\nthree', 9), cutText('😀'.repeat(40), 10), cutText('fits', 4)]).toEqual([
    'one two…',
    '😀😀😀😀…',
    'fits',
  ])
})

test('no cut makes half a character, and none loses one', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', '😀', family, 'e\u0301', '\u0301', '🇩🇪', 'א'),
    maxLength: 60,
  })
  fc.assert(
    fc.property(text, fc.nat(120), (whole, length) => {
      const [start, rest] = splitText(whole, length)
      expect(start + rest).toBe(whole)
      expect(start.length).toBeLessThanOrEqual(Math.max(length, 0))
      expect([start, rest, endOfText(whole, length)].some((part) => HALF.test(part))).toBe(false)
    }),
  )
})
