import { diffWordsWithSpace } from 'diff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CharacterRange, diffHunks, firstRows, markSpans, rowCount, wordMarks } from './diff-rows.ts'

const line = (text: string) => ({
  sign: text.startsWith('+') ? ('+' as const) : text.startsWith('-') ? ('-' as const) : (' ' as const),
  text: text.slice(1),
})
const hunkOf = (...lines: string[]) =>
  diffHunks({ path: 'a.ts', added: 0, removed: 0, hunks: [{ oldStart: 7, newStart: 9, lines: lines.map(line) }] })[0] ??
  []

/** The words of each row that are marked. */
function markedWords(...lines: string[]): string[] {
  const hunk = hunkOf(...lines)
  const marks = wordMarks(hunk, diffWordsWithSpace)
  return hunk.map((row) => (marks.get(row) ?? []).map(({ start, end }) => row.text.slice(start, end)).join('|'))
}

test('the beginning of a long change ends in the middle of a hunk, and leaves out those behind it', () => {
  const hunks = [hunkOf(' a', '-b', '+c'), hunkOf(' d', '-e'), hunkOf('+f')]
  const texts = (count: number) => firstRows(hunks, count).map((hunk) => hunk.map(({ text }) => text).join(''))
  expect([rowCount(hunks), texts(4), texts(3), texts(6)]).toEqual([6, ['abc', 'd'], ['abc'], ['abc', 'de', 'f']])
})

test('each side counts its own lines', () => {
  expect(hunkOf(' a', '-b', '+c', '+d', ' e').map(({ oldLine, newLine }) => [oldLine, newLine])).toEqual([
    [7, 9],
    [8, null],
    [null, 10],
    [null, 11],
    [9, 12],
  ])
})

test('words that changed are marked in lines that replaced each other', () => {
  expect(markedWords(' x', '-Each key has a limit.', '+Each key has a capacity.', ' y')).toEqual([
    '',
    'limit',
    'capacity',
    '',
  ])
})

test('lines are compared with those that they resemble, not with those beside them', () => {
  expect(
    markedWords(
      '-  const elapsed = Math.floor(now - this.last)',
      '-  this.tokens = this.tokens + elapsed',
      '+  const gained = Math.floor(now - this.last)',
      '+  if (gained === 0) return',
      '+  this.tokens = this.tokens + gained',
    ),
  ).toEqual(['elapsed', 'elapsed', 'gained', '', 'gained'])
})

test('equal lines are compared in order, and a line without a partner has no marks', () => {
  expect(markedWords('-let a = 1', '-let b = 2', '+let a = 3', '+let b = 4', '+let c = 5')).toEqual([
    '1',
    '2',
    '3',
    '4',
    '',
  ])
})

test('lines with little in common, and lines that are too long, have no marks', () => {
  expect(markedWords('-alpha beta gamma', '+one two three four')).toEqual(['', ''])
  expect(markedWords(`-${'a '.repeat(300)}x`, `+${'a '.repeat(300)}y`)).toEqual(['', ''])
})

test('marks cut the colours of a line without losing a character', () => {
  const spans = [
    { text: 'const ', kind: 'k' },
    { text: 'elapsed = 1', kind: '' },
  ]
  expect(markSpans(spans, [{ start: 4, end: 13 }])).toEqual([
    { text: 'cons', kind: 'k', marked: false },
    { text: 't ', kind: 'k', marked: true },
    { text: 'elapsed', kind: '', marked: true },
    { text: ' = 1', kind: '', marked: false },
  ])
})

test('the marked pieces of any line are the line', () => {
  const texts = fc.array(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 })
  const points = fc.uniqueArray(fc.nat(40), { maxLength: 6 }).map((all) => all.toSorted((a, b) => a - b))
  fc.assert(
    fc.property(texts, points, (parts, edges) => {
      const marks: CharacterRange[] = []
      for (let index = 0; index + 1 < edges.length; index += 2) {
        marks.push({ start: edges[index] ?? 0, end: edges[index + 1] ?? 0 })
      }
      const spans = parts.map((text, index) => ({ text, kind: String(index) }))
      const text = parts.join('')
      const pieces = markSpans(spans, marks)
      expect(pieces.map((piece) => piece.text).join('')).toBe(text)
      const marked = pieces.map((piece) => (piece.marked ? piece.text : '\0'.repeat(piece.text.length))).join('')
      const expected = [...Array(text.length).keys()].map((at) =>
        marks.some(({ start, end }) => start <= at && at < end) ? text[at] : '\0',
      )
      expect(marked).toBe(expected.join(''))
    }),
  )
})
