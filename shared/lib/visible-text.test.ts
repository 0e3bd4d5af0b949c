import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LOOKED_AT, visibleLine, visibleText } from './visible-text.ts'

const flag = (letters: string) =>
  `\u{1f3f4}${[...letters].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')}\u{e007f}`

test.each([
  ['Grüße,\t世界 😀\n', 'Grüße,\t世界 😀\n'],
  ['\x1b[2J\x1b]0;title\x07', '␛[2J␛]0;title␇'],
  ['\x1b]52;c;ZXZpbA==\x1b\\', '␛]52;c;ZXZpbA==␛\\'],
  ['\x9b31mred', '<U+009B>31mred'],
  ['one\r\ntwo', 'one\ntwo'],
  ['safe\rrm -rf', 'saferm -rf'],
  ['rm \u202etxt.\u202c \u2066x\u2069 \u200f\u061c', 'rm <U+202E>txt.<U+202C> <U+2066>x<U+2069> <U+200F><U+061C>'],
  ['a\u200bb\u2060c\ufeffd\u00ade\u3164f', 'a<U+200B>b<U+2060>c<U+FEFF>d<U+00AD>e<U+3164>f'],
  ['a\u{e0041}b\x7f\x00', 'a<U+E0041>b␡␀'],
  ['a\u200d\u200c\u200db', 'a<U+200D><U+200C><U+200D>b'],
  ['a\ufe0f\ufe0e\ufe00\u{e0120}b', 'a<U+FE0F><U+FE0E><U+FE00><U+E0120>b'],
  ['ل\u200d\u200d 👩\u200d\u200d', 'ل\u200d<U+200D> 👩\u200d<U+200D>'],
  [`${flag('gbev')}`, `\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}<U+E0076><U+E007F>`],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown)
})

const written = [
  '👨\u200d👩\u200d👧 ⚠\ufe0f 1\ufe0f\u20e3 👩🏽\u200d💻 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈',
  `${flag('gbeng')} ${flag('gbsct')}`,
  'می\u200cخواهم ه\u200d',
  'क्\u200dष क्\u200cष ශ්\u200dරී',
  'ភាសា\u200bខ្មែរ',
  '葛\u{e0100} ∩\ufe00',
  'שלום العربية',
]

test.each(written)('%s is left as it is written', (text) => {
  expect(visibleText(text)).toBe(text)
})

test('a row holds no line feed', () => {
  expect(visibleLine('a\n\tb\r\nc')).toBe('a b c')
})

/** Of what is looked at, whole and in every order. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(...written.flatMap((text) => [...text]), '\u200d', '\u200c', '\ufe0f', '\u{e0067}', 'a', '\u202e'),
    fc.integer({ min: 0, max: 0x2100 }).map((code) => String.fromCharCode(code)),
  ),
)

test('text that comes in pieces is shown as the whole of it', () => {
  fc.assert(
    fc.property(fc.array(pieces.map((some) => some.join(''))), (parts) => {
      let before = ''
      const shown = parts.map((part) => {
        const one = visibleText(part, before)
        before = (before + part).slice(-LOOKED_AT)
        return one
      })
      expect(shown.join('')).toBe(visibleText(parts.join('')))
    }),
  )
})

test('whatever comes, no control character but line feed and tab gets out, and what is visible stays so', () => {
  fc.assert(
    fc.property(pieces, (some) => {
      const shown = visibleText(some.join(''))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not get out
      expect(shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]/)
      expect(visibleText(shown)).toBe(shown)
    }),
  )
})
