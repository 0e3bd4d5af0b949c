import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { text, toolCall } from '../../test-support/scripted-backend.ts'
import { runIs, startRun } from './support/registry.ts'
import { createWorld, program } from './support/world.ts'

const worker = join(dirname(program), '../worker/worker.js')

async function scriptsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => name.endsWith('.js')).map((name) => join(folder, name))
}

test('the built program knows nothing of Electron, and names no folder of the machine that built it', async () => {
  const paths = await Promise.all([program, worker].map((path) => scriptsIn(dirname(path))))
  const code = await Promise.all(paths.flat().map((path) => readFile(path, 'utf8')))
  expect(code.join('\n')).not.toMatch(/(require\(|from |import\()\s*["']electron(-store)?["'/]/)
  expect(code.join('\n')).not.toContain(join(import.meta.dirname, '../..'))
})

test('the list of runs needs no more than the file that is started', async () => {
  const world = await createWorld(text('Done.'))
  const { runId } = await startRun(world, ['Hello.'])
  await runIs(world, runId, ({ endedAt }) => endedAt !== null)
  const alone = join(world.work, 'claw.cjs')
  await cp(program, alone)
  const whole = await world.run(['agent-ps', '--json'])
  expect([whole.out, await world.run(['agent-ps', '--json'], { program: alone })]).toEqual([
    expect.stringContaining(runId),
    whole,
  ])
})

test('it runs under plain Node with no package beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'claw-copy-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(dirname(program), join(folder, 'out/cli'), { recursive: true })
  await cp(dirname(worker), join(folder, 'out/worker'), { recursive: true })
  await cp(join(import.meta.dirname, '../../package.json'), join(folder, 'package.json'))
  const world = await createWorld(toolCall('list_dir', { path: '.' }), text('Empty.'), text('From afar.'))
  const copy = join(folder, 'out/cli/claw.js')
  const results = [
    await world.run(['--version'], { program: copy }),
    await world.run(['help'], { program: copy }),
    await world.run(['profiles', 'list'], { program: copy }),
    await world.run(['agent', 'What is here?'], { program: copy }),
  ]
  expect(results.map(({ code, side }) => (code === 0 ? code : side))).toEqual([0, 0, 0, 0])
  expect(results[3]?.out).toBe('Empty.\n')
  const { runId } = await startRun(world, ['And there?'], { program: copy })
  const { run } = await runIs(world, runId, ({ endedAt }) => endedAt !== null)
  const log = await world.run(['agent-logs', runId], { program: copy })
  expect([run.status, log.out]).toEqual(['completed', expect.stringContaining('From afar.')])
})
