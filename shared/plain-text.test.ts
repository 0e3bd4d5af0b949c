import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainLine, plainText } from './plain-text.ts'

test.each([
  ['Grüße,\t世界 😀\n', 'Grüße,\t世界 😀\n'],
  ['\x1b[2J\x1b]0;title\x07', '␛[2J␛]0;title␇'],
  ['\x1b]52;c;ZXZpbA==\x1b\\', '␛]52;c;ZXZpbA==␛\\'],
  ['\x9b31mred', '<U+009B>31mred'],
  ['one\r\ntwo', 'one\ntwo'],
  ['safe\rrm -rf', 'saferm -rf'],
  ['rm \u202etxt.\u202c', 'rm <U+202E>txt.<U+202C>'],
  ['a\u{e0041}b\x7f\x00', 'a<U+E0041>b␡␀'],
  ['👨\u200d👩 ⚠\ufe0f', '👨\u200d👩 ⚠\ufe0f'],
  ['a\u200d\u200c\u200db', 'a\u200d<U+200C><U+200D>b'],
  ['a\ufe0f\ufe0e\ufe00\u{e0120}b', 'a\ufe0f<U+FE0E><U+FE00><U+E0120>b'],
])('%j is shown as %j', (text, shown) => {
  expect(plainText(text)).toBe(shown)
})

test('a row holds no line feed', () => {
  expect(plainLine('a\n\tb\r\nc')).toBe('a b c')
})

test('whatever comes, cut anywhere, no control character but line feed and tab gets out', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0x2100 })), fc.nat(), (codes, at) => {
      const text = String.fromCharCode(...codes)
      const cut = at % (text.length + 1)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not get out
      expect(plainText(text.slice(0, cut)) + plainText(text.slice(cut))).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
    }),
  )
})
