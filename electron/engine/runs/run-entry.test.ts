import { expect, test } from 'vitest'
import { entryOf } from '../../../test-support/run-entries.ts'
import { readEntry } from './run-entry.ts'

test('an entry that names no host, as older builds write it, is of a worker on this machine', async () => {
  const entry = await entryOf(process.pid)
  const old = { ...entry, endpoint: { path: '/tmp/run.sock', token: 'secret' } }
  expect(readEntry(entry.run.runId, old)?.entry?.endpoint).toEqual({
    host: null,
    path: '/tmp/run.sock',
    token: 'secret',
  })
})

test('an entry of our own build is taken as it is, one of another build or of none is examined', async () => {
  const entry = { ...(await entryOf(process.pid)), afterSeq: 'no number' }
  const read = (build: string | undefined, own: string) => readEntry(entry.run.runId, { ...entry, build }, own)
  expect([read('a', 'a')?.entry, read('b', 'a'), read(undefined, 'a'), read('', '')]).toEqual([
    { ...entry, build: 'a' },
    null,
    null,
    null,
  ])
})
