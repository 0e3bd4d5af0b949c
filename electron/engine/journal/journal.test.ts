import { appendFile, type FileHandle, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TurnId } from '#shared/ids.ts'
import { SessionEntry } from '#shared/session/session-entry.ts'
import { sampleSessionStart } from '../../../test-support/sample-session-start.ts'
import { Journal } from './journal.ts'
import { entriesFromEnd } from './journal-end.ts'
import { followEntries } from './journal-follower.ts'
import { type JournalReading, readJournal, repairNotice } from './read-journal.ts'

const start = sampleSessionStart({ at: 1, systemPrompt: 'You are Claw.' })
const entries: SessionEntry[] = [
  start,
  { type: 'turn-start', seq: 1, at: 2, turnId: TurnId.parse('turn000001'), text: 'Grüße, 世界 😀', facts: '' },
  { type: 'text-delta', seq: 2, at: 3, text: 'line one\nline "two" \u2028 é😀' },
  {
    type: 'turn-end',
    seq: 3,
    at: 4,
    turnId: TurnId.parse('turn000001'),
    reason: 'completed',
    failure: null,
    budget: null,
  },
]

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claw-journal-'))
  path = join(folder, 'journal.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

async function write(list: readonly SessionEntry[], wholeBytes = 0): Promise<void> {
  const journal = await Journal.open(path, wholeBytes, (error) => expect.fail(error.message))
  for (const entry of list) journal.append(entry)
  await journal.close()
}

async function contentOf(journal: string): Promise<JournalReading & { entries: SessionEntry[] }> {
  const entries: SessionEntry[] = []
  const reading = await readJournal(journal, (entry) => entries.push(entry))
  return { entries, ...reading }
}

describe('a journal', () => {
  test('gives back what was appended, whole', async () => {
    await write(entries)
    const bytes = (await stat(path)).size
    expect(await contentOf(path)).toEqual({ entries, wholeBytes: bytes, tornBytes: 0, unreadable: [] })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('cut at any byte holds every whole line, and goes on from there', async () => {
    await write(entries)
    const whole = await readFile(path)
    const ends = [...whole.entries()].flatMap(([index, byte]) => (byte === 10 ? [index + 1] : []))
    for (let length = 0; length <= whole.length; length++) {
      await writeFile(path, whole.subarray(0, length))
      const kept = ends.filter((end) => end <= length).length
      const content = await contentOf(path)
      expect(content).toEqual({
        entries: entries.slice(0, kept),
        wholeBytes: ends[kept - 1] ?? 0,
        tornBytes: length - (ends[kept - 1] ?? 0),
        unreadable: [],
      })
      await write(entries.slice(kept), content.wholeBytes)
      expect((await readFile(path)).equals(whole)).toBe(true)
    }
  })

  test('leaves a line that is no entry in the file and out of the state', async () => {
    await write(entries.slice(0, 2))
    await appendFile(path, '{"type":"text-delta","seq":"two"}\nnot json\n')
    await write(entries.slice(2), (await stat(path)).size)
    const content = await contentOf(path)
    expect({ entries: content.entries, unreadable: content.unreadable }).toEqual({
      entries,
      unreadable: ['text-delta', ''],
    })
    expect(await readFile(path, 'utf8')).toContain('not json\n')
  })

  test('gives pieces of an answer as their schema reads them', async () => {
    const lines = [
      { type: 'text-delta', seq: 1, at: 2, text: 'a', later: true },
      { type: 'reasoning-delta', seq: 2, at: 2, text: '' },
      { type: 'text-delta', seq: -1, at: 2, text: 'a' },
      { type: 'text-delta', seq: 3, at: 2.5, text: 'a' },
      { type: 'text-delta', seq: 1e300, at: 2, text: 'a' },
      { type: 'reasoning-delta', seq: 3, at: 2, text: null },
      { type: 'reasoning-delta', seq: 3, at: '2', text: 'a' },
    ]
    await writeFile(path, [start, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''))
    const { entries: read, unreadable } = await contentOf(path)
    const parsed = lines.flatMap((line) => SessionEntry.safeParse(line).data ?? [])
    expect([read.slice(1), unreadable.length]).toEqual([parsed, lines.length - parsed.length])
    expect(parsed).toHaveLength(2)
  })

  test('says what was lost with the lines that cannot be read, and keeps the place of a message', async () => {
    const [, turn, delta, end] = entries.map((entry) => JSON.stringify(entry))
    const torn = (line = '') => line.slice(0, -3)
    await writeFile(path, `${[JSON.stringify(start), torn(turn), delta, torn(delta), end].join('\n')}\n`)
    const content = await contentOf(path)
    expect(content.entries).toEqual([
      start,
      { ...entries[1], at: 1, text: '(This message could not be read from the journal.)' },
      entries[2],
      entries[3],
    ])
    expect([repairNotice(content), repairNotice({ unreadable: ['', 'x'], tornBytes: 1 })]).toEqual([
      "2 lines of this session's journal could not be read and were left out: a message of yours, part of an answer. The file is kept as it is.",
      "2 lines of this session's journal could not be read and were left out: something that cannot be told any more. The file is kept as it is.",
    ])
  })

  test('with a line of hundreds of megabytes is read in the memory and time of any other', async () => {
    const file = await open(path, 'w')
    await file.write(`${JSON.stringify(start)}\n{"type":"tool-end","seq":1,"output":"`)
    const part = 'x'.repeat(1 << 20)
    for (let megabyte = 0; megabyte < 200; megabyte++) await file.write(part)
    await file.write(`"}\n${JSON.stringify(entries[3])}\n`)
    await file.close()
    const before = process.memoryUsage().rss
    const content = await contentOf(path)
    expect([content.entries, content.unreadable]).toEqual([[start, entries[3]], ['tool-end']])
    const backwards = []
    for await (const { seq } of entriesFromEnd(path)) backwards.push(seq)
    const forwards = []
    const from = { from: 'start' as const, stays: () => false, onChange: () => () => undefined }
    for await (const { seq } of followEntries(path, from)) forwards.push(seq)
    expect([backwards, forwards]).toEqual([
      [3, 0],
      [0, 3],
    ])
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })

  test('of a newer version is refused and stays as it is', async () => {
    const newer = `${JSON.stringify({ ...start, version: 3 })}\n`
    await writeFile(path, newer)
    await expect(contentOf(path)).rejects.toMatchObject({ failure: { code: 'storage' } })
    expect(await readFile(path, 'utf8')).toBe(newer)
  })

  test('a full disk loses nothing: it is said, the torn line is cut back, and what waits is written when there is room', async () => {
    await write(entries.slice(0, 1))
    const length = (await stat(path)).size
    const disk = { roomFor: 10 }
    const failures: string[] = []
    const journal = await Journal.open(
      path,
      length,
      (error) => failures.push(error.failure.message),
      async (...args) => onSmallDisk(await open(...args), disk),
    )
    for (const entry of entries.slice(1)) journal.append(entry)
    await expect(journal.flush()).rejects.toMatchObject({ failure: { code: 'storage' } })
    expect(failures).toEqual([expect.stringContaining('the disk is full')])
    expect((await stat(path)).size).toBe(length)
    disk.roomFor = Number.POSITIVE_INFINITY
    await journal.flush()
    await journal.close()
    expect((await contentOf(path)).entries).toEqual(entries)
  })
})

/** The real file on a disk that takes some bytes and is then full, as Linux does: a short write, then ENOSPC. */
function onSmallDisk(handle: FileHandle, disk: { roomFor: number }): FileHandle {
  const write = handle.write.bind(handle)
  Object.assign(handle, {
    write: async (bytes: Buffer, offset: number, length: number, position: number) => {
      if (disk.roomFor <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      const part = Math.min(length, disk.roomFor)
      disk.roomFor -= part
      return write(bytes, offset, part, position)
    },
  })
  return handle
}
