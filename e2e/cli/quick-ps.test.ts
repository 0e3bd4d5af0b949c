import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gate, text, toolCall } from '../../test-support/scripted-backend.ts'
import { listed, runIs, runsFolder, startRun } from './support/registry.ts'
import { createWorld, type World } from './support/world.ts'

/** The list as the whole program tells it: what nobody can know beforehand sends it there. */
async function inFull(world: World, args: readonly string[]): Promise<string> {
  const doubt = join(runsFolder(world), 'zzzzzzzzzz.json')
  await writeFile(doubt, '{"half')
  const { out } = await world.run(['agent-ps', ...args])
  await rm(doubt)
  return out
}

test('the quick list says the same as the whole program, of runs that go on, wait and are over', async () => {
  const held = gate()
  const world = await createWorld(
    text('Done.'),
    text('- [x] Look\n- [ ] Mend\nSo.\nIt is in the parser, as it seems.', { chunks: 2, gate: held.opened }),
    toolCall('write_file', { path: 'new.txt', content: 'x' }),
  )
  const runs = []
  for (const [prompt, status] of [
    ['One.', 'completed'],
    ['Two.', 'running'],
    ['Three.', 'waiting-approval'],
  ] as const) {
    const run = await startRun(world, [prompt])
    runs.push(run)
    await runIs(world, run.runId, (one) => one.status === status && (status !== 'running' || one.phase === 'writing'))
  }
  const quick = (await world.run(['agent-ps', '--json'])).out
  const full = await inFull(world, ['--json'])
  const table = await inFull(world, [])
  expect(quick).toBe(full)
  expect(JSON.parse(quick)).toMatchObject([
    { status: 'waiting-approval' },
    { status: 'running' },
    { status: 'completed' },
  ])
  expect(table).toContain('waits for you: create new.txt')
  expect(table).toContain('running, 1 of 2 done')
  held.open()
  await world.run(['agent-kill', '--all'])
  expect((await listed(world)).map(({ status }) => status)).toEqual(['killed', 'completed', 'completed'])
})
