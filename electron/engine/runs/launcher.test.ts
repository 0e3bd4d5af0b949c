import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FailureError, failure } from '#shared/failure.ts'
import { ProfileId } from '#shared/ids.ts'
import { entryOf, surroundings } from '../../../test-support/run-entries.ts'
import type { RunOrder } from './launcher.ts'
import { processLauncher } from './process-launcher.ts'

/** A worker that keeps what it was told and what it sees, and reports what it is given to report. */
function program(report: object) {
  const script = `
    let input = ''
    process.stdin.on('data', (text) => { input += text })
    process.stdin.on('end', () => {
      const { entry, turn } = JSON.parse(input)
      const { OWN, GIVEN } = process.env
      require('fs').writeFileSync('told', JSON.stringify({ turn, pid: entry.worker.pid === process.pid, OWN, GIVEN }))
      require('fs').writeSync(3, ${JSON.stringify(`${JSON.stringify(report)}\n`)})
    })`
  return { command: process.execPath, args: ['-e', script], env: { OWN: 'own' } }
}

async function order(): Promise<RunOrder> {
  const { run } = await entryOf(process.pid, { status: 'starting', pid: null })
  const { permissions } = run
  return {
    run,
    env: { GIVEN: 'given' },
    start: {
      ...{ dataFolder: '/data', env: {}, permissions, overrides: {}, send: {} },
      key: { profileId: ProfileId.parse('demo'), value: 'secret' },
      session: { kind: 'new', addedFolders: [] },
      turn: { kind: 'prompt', text: 'Do it.' },
    },
  }
}

test('a worker of this machine is a process that is told its run, and is published before it begins', async () => {
  const { registry } = await surroundings()
  const asked = await order()
  await processLauncher(program({ ok: true }), registry).launch(asked)
  const { run, entry } = (await registry.read(asked.run.runId)) ?? {}
  expect([run, entry?.endpoint, JSON.parse(await readFile(join(registry.folder, 'told'), 'utf8'))]).toEqual([
    { ...asked.run, pid: entry?.worker.pid, usable: true },
    null,
    { turn: asked.start.turn, pid: true, OWN: 'own', GIVEN: 'given' },
  ])
})

test('a worker that cannot begin says why, and nothing of its run is left', async () => {
  const { registry } = await surroundings()
  const why = failure('storage', 'The disk is full.')
  const { launch } = processLauncher(program({ ok: false, failure: why }), registry)
  await expect(launch(await order())).rejects.toEqual(new FailureError(why))
  expect(await registry.ids()).toEqual([])
})
