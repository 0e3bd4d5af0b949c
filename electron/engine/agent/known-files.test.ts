import { expect, test } from 'vitest'
import { SessionEntry } from '#shared/session/session-entry.ts'
import { KnownFiles } from './known-files.ts'

function folded(...events: object[]) {
  const files = new KnownFiles()
  for (const [seq, event] of events.entries()) files.apply(SessionEntry.parse({ ...event, seq, at: 0 }))
  return files.known('a.txt')
}

const end = { type: 'tool-end', callId: 'a', outcome: 'done', output: '', summary: '', durationMs: 0 }
const read = (version: string, lines?: object) => ({
  ...end,
  file: { path: 'a.txt', version, ...(lines && { lines }) },
})
const written = (version: string) => ({
  ...read(version),
  diff: { path: 'a.txt', added: 1, removed: 0, hunks: [] },
})
const asked = { type: 'model-call-start', model: 'm' }

test('what was read is known once the model was told', () => {
  expect([folded(read('1')), folded(read('1'), asked)]).toEqual([null, { version: '1', unseen: null }])
})

test('what was written is known at once', () => {
  expect(folded(written('1'))).toEqual({ version: '1', unseen: null })
})

test('parts add up to the whole, in any order', () => {
  const part = (first: number, last: number) => read('1', { first, last, of: 10 })
  expect([
    folded(part(1, 4), asked),
    folded(part(5, 10), asked),
    folded(part(5, 10), part(1, 4), asked),
    folded(part(1, 4), part(6, 10), asked),
    folded(part(1, 4), asked, read('2', { first: 5, last: 10, of: 10 }), asked),
    folded(read('1'), asked, part(2, 3), asked),
  ]).toEqual([
    { version: '1', unseen: { line: 5, of: 10 } },
    { version: '1', unseen: { line: 1, of: 10 } },
    { version: '1', unseen: null },
    { version: '1', unseen: { line: 5, of: 10 } },
    { version: '2', unseen: { line: 1, of: 10 } },
    { version: '1', unseen: null },
  ])
})

test('what a summary has taken the place of is not known any more', () => {
  const compaction = (keptFromSeq: number) => ({ type: 'compaction', summary: '', keptFromSeq })
  expect([folded(read('1'), asked, compaction(2)), folded(read('1'), asked, compaction(0))]).toEqual([
    null,
    { version: '1', unseen: null },
  ])
})

test('a request of the app itself tells the model nothing', () => {
  expect(folded(read('1'), { ...asked, purpose: 'summary' })).toBe(null)
})
