import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hasHalfCharacter } from '#shared/lib/whole-characters.ts'
import { wholeJsonText, wireJson, wireName } from './wire-text.ts'

/** Texts of which every unit may be half of a character, a backslash or the letters of an escape. */
const text = fc
  .array(fc.constantFrom('\ud83d', '\ude00', '\u{1F600}', '\\', '\\ud83d', '\\ude00', 'u', 'ud83d', '"', 'a', '\n'))
  .map((parts) => parts.join(''))

it('sends whole characters only, wherever a text stands', () => {
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.array(text))), (value) => {
      const read: unknown = JSON.parse(wireJson(value))
      const strings = JSON.stringify(read).match(/\\*u[0-9a-f]{4}/g) ?? []
      expect(strings.filter((one) => /^(?:\\\\)*\\ud[89a-f]/.test(one))).toEqual([])
      expect(hasHalfCharacter(wireJson(value))).toBe(false)
    }),
  )
})

it('leaves a value without halves byte for byte as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
      expect(wireJson(value)).toBe(JSON.stringify(value))
      expect(wholeJsonText(JSON.stringify(value))).toBe(JSON.stringify(value))
    }),
  )
})

it('heals halves in what a model wrote as JSON, and keeps its spelling otherwise', () => {
  const written = String.raw`{ "pair":"\uD83D\uDE00", "half":"\ud83d.", "low":"\uDE00", "path":"C:\\ud83d", "tab":"\t" }`
  expect(wholeJsonText(written)).toBe(
    String.raw`{ "pair":"\uD83D\uDE00", "half":"\ufffd.", "low":"\ufffd", "path":"C:\\ud83d", "tab":"\t" }`,
  )
  expect(wholeJsonText('{"raw":"\ud83d","whole":"\u{1F600}"}')).toBe('{"raw":"\ufffd","whole":"\u{1F600}"}')
})

it('spells an invented name of a tool as strict servers take it', () => {
  expect(
    ['read_file', 'functions.read_file', 'read file<|channel|>commentary', '工具', '', 'x'.repeat(70)].map(wireName),
  ).toEqual([
    'read_file',
    'functions_read_file',
    'read_file_channel_commentary',
    'unknown_tool',
    'unknown_tool',
    'x'.repeat(64),
  ])
})
