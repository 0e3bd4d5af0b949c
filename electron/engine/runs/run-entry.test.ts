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
