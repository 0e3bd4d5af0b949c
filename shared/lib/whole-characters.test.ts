import fc from 'fast-check'
import { expect, it } from 'vitest'
import { beginningOf, endOf, hasHalfCharacter, wholeCharacters } from './whole-characters.ts'

/** Texts of which every unit may be half of a character. */
const units = fc
  .array(fc.oneof(fc.integer({ min: 0xd7fe, max: 0xe001 }), fc.integer({ min: 0x20, max: 0x7e })))
  .map((codes) => String.fromCharCode(...codes))

it('replaces halves of characters and nothing else', () => {
  expect(wholeCharacters('a\u{1F600}b')).toBe('a\u{1F600}b')
  expect(wholeCharacters('a\ud83db\ude00\ud83d')).toBe('a\ufffdb\ufffd\ufffd')
  expect([hasHalfCharacter('\u{1F600}'), hasHalfCharacter('\u{1F600}\ude00')]).toEqual([false, true])
})

it('has no half left, whatever came', () => {
  fc.assert(
    fc.property(units, (text) => {
      const whole = wholeCharacters(text)
      expect([hasHalfCharacter(whole), whole.length, wholeCharacters(whole)]).toEqual([false, text.length, whole])
    }),
  )
})

it('cuts between characters', () => {
  expect([beginningOf('ab\u{1F600}', 3), beginningOf('ab\u{1F600}', 4), beginningOf('ab', 0)]).toEqual([
    'ab',
    'ab\u{1F600}',
    '',
  ])
  expect([endOf('\u{1F600}ab', 3), endOf('\u{1F600}ab', 4), endOf('ab', 0)]).toEqual(['ab', '\u{1F600}ab', ''])
})

it('makes no half of a text that has none, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, length) => {
      const cuts = [beginningOf(text, length), endOf(text, length)]
      expect(cuts.map((cut) => [hasHalfCharacter(cut), cut.length <= length])).toEqual([
        [false, true],
        [false, true],
      ])
      expect(text.startsWith(beginningOf(text, length)) && text.endsWith(endOf(text, length))).toBe(true)
    }),
  )
})
