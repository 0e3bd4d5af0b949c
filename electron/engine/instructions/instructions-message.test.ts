import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instructionsMessage, LARGEST_MESSAGE, type MessageParts, roomFor } from './instructions-message.ts'

const none: MessageParts = { texts: [], problems: [], nested: [], untrusted: [], mark: '1a2b3c4d' }
const file = (name: string, text: string) => ({ name, text, bytes: Buffer.byteLength(text) })
const HEAD = 'What the user wants here. Where two differ, the later one counts.'

test('the farthest file comes first, in a tag that no file knows', () => {
  const texts = [file("the user's own file", 'Be kind.'), file('AGENTS.md', 'Use tabs.')]
  expect(instructionsMessage({ ...none, texts, nested: ['a/AGENTS.md'] }, LARGEST_MESSAGE)).toEqual({
    text: [
      '<instructions-1a2b3c4d>',
      HEAD,
      "[the user's own file]\nBe kind.",
      '[AGENTS.md]\nUse tabs.',
      'More for folders below, to be read before work there: a/AGENTS.md',
      '</instructions-1a2b3c4d>',
    ].join('\n'),
    used: new Set(["the user's own file", 'AGENTS.md']),
  })
})

test('the nearest file has the room, and what is left out is named with its size', () => {
  const texts = [file('/top/AGENTS.md', 'far\n'.repeat(100)), file('AGENTS.md', 'near\n'.repeat(60))]
  const { text, used } = instructionsMessage({ ...none, texts }, 600)
  expect(used).toEqual(new Set(['AGENTS.md']))
  expect(text).toContain('near\n'.repeat(59))
  expect(text).not.toContain('far\n')
  expect(text).toContain('Left out for lack of room: /top/AGENTS.md (400 bytes)')
})

test('the nearest is cut at the end of a line where it alone is too much', () => {
  const { text, used } = instructionsMessage(
    { ...none, texts: [file('AGENTS.md', 'a line of it\n'.repeat(1000))] },
    900,
  )
  const lines = text.split('\n')
  expect(new Set(lines.slice(3, -2))).toEqual(new Set(['a line of it']))
  expect(lines.at(-2)).toBe('Left out for lack of room: the end of AGENTS.md (it has 13000 bytes)')
  expect(used).toEqual(new Set(['AGENTS.md']))
})

test('of a file that is not trusted only the name is said, and nothing where there is none', () => {
  expect(instructionsMessage({ ...none, untrusted: ['AGENTS.md'], mark: '' }, LARGEST_MESSAGE).text).toBe(
    '<instructions>\nThere, but the user has not trusted this folder, so it does not count: AGENTS.md\n</instructions>',
  )
  expect(instructionsMessage(none, LARGEST_MESSAGE)).toEqual({ text: '', used: new Set() })
})

test('the room is 8 KB, and a tenth of a window that is known', () => {
  expect([null, 1_000_000, 8192, 2048].map(roomFor)).toEqual([8192, 8192, 2457, 614])
})

const name = fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' })
const text = fc
  .array(fc.string({ maxLength: 200, unit: 'grapheme' }), { maxLength: 60 })
  .map((lines) => lines.join('\n'))
const parts = fc.record({
  texts: fc.array(
    fc.record({ name, text, bytes: fc.nat() }).filter(({ text }) => text.trim() !== ''),
    { maxLength: 6 },
  ),
  problems: fc.array(name, { maxLength: 30 }),
  nested: fc.array(name, { maxLength: 30 }),
  untrusted: fc.array(name, { maxLength: 6 }),
  mark: fc.constant('1a2b3c4d'),
})

test('whatever is there, no more than the room is said, and every text is whole or cut at a line', () => {
  fc.assert(
    fc.property(parts, fc.integer({ min: 0, max: LARGEST_MESSAGE }), (given, room) => {
      const made = instructionsMessage(given, room)
      expect(Buffer.byteLength(made.text)).toBeLessThanOrEqual(room)
      const hasMark = JSON.stringify(given).includes('\ufffd')
      expect(made.text.includes('\ufffd') && !hasMark).toBe(false)
      expect(made).toEqual(instructionsMessage(given, room))
      for (const { name, text } of given.texts.slice(0, -1)) {
        const rivals = given.texts.filter((other) => other.name === name).length > 1
        if (!rivals && made.used.has(name)) expect(made.text).toContain(text)
      }
    }),
    { numRuns: 300 },
  )
})
