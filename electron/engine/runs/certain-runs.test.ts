import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RunStatus } from '#shared/run/background.ts'
import { entryOf, runId, sleeper, surroundings } from '../../../test-support/run-entries.ts'
import { certainRuns, isWholeEntry } from './certain-runs.ts'
import { RunEntry } from './run-entry.ts'

test('an entry is whole in every state, and not where a member that a list shows is missing or of another kind', async () => {
  const entry = await entryOf(process.pid)
  const states = RunStatus.options.map((status) => ({ ...entry, run: { ...entry.run, status } }))
  expect(states.map((one) => [RunEntry.safeParse(one).success, isWholeEntry(one)])).toEqual(
    states.map(() => [true, true]),
  )
  const shown = [
    ...['runId', 'sessionId', 'status', 'pid', 'cwd', 'profileId', 'model', 'prompt', 'title', 'note', 'startedAt'],
    ...['endedAt', 'exitCode', 'usage', 'phase', 'phaseDetail', 'queuedBefore', 'tokensPerSecond', 'plan', 'approvals'],
  ]
  fc.assert(
    fc.property(fc.constantFrom(...shown), fc.constantFrom(undefined, true, { other: 'kind' }), (member, value) => {
      const damaged = { ...entry, run: { ...entry.run, [member]: value } }
      expect([member, isWholeEntry(damaged)]).toEqual([member, false])
    }),
    { numRuns: 300 },
  )
})

test('runs are certain while each is over or its worker is there', async () => {
  const { registry, dataFolder } = await surroundings()
  const worker = await sleeper()
  await registry.prepare()
  await registry.write(await entryOf(worker.pid))
  const over = await entryOf(worker.pid, { runId: runId(2), status: 'completed', endedAt: 2_000, exitCode: 0 })
  await registry.write(over)
  const seen = () => certainRuns(dataFolder)?.map(({ runId: id, status, usable }) => [id, status, usable])
  expect(seen()?.sort()).toEqual([
    [runId(1), 'running', true],
    [runId(2), 'completed', true],
  ])
  await registry.write(await entryOf(worker.pid, { runId: runId(3), pid: null }))
  const gone = { ...(await entryOf(worker.pid, { runId: runId(3) })), worker: { ...over.worker, startedAt: '1' } }
  await writeFile(join(registry.folder, `${runId(3)}.json`), JSON.stringify(gone))
  expect(seen()).toBeUndefined()
})
