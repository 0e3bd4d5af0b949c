import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { text, toolCall } from '../../test-support/scripted-backend.ts'
import { runIs, startRun } from './support/registry.ts'
import { createWorld, program } from './support/world.ts'

const worker = join(dirname(program), '../worker/worker.js')

test('the built program knows nothing of Electron, and names no folder of the machine that built it', async () => {
  const files = (await readdir(dirname(program), { recursive: true })).filter((name) => name.endsWith('.js'))
  const paths = [...files.map((name) => join(dirname(program), name)), worker]
  const code = await Promise.all(paths.map((path) => readFile(path, 'utf8')))
  expect(code.join('\n')).not.toMatch(/(require\(|from |import\()\s*["']electron(-store)?["'/]/)
  expect(code.join('\n')).not.toContain(join(import.meta.dirname, '../..'))
})

test('the quick list of runs loads nothing of the rest', async () => {
  const names = (await readdir(join(dirname(program), 'assets'))).filter((name) => name.startsWith('quick-'))
  const code = await Promise.all(names.map((name) => readFile(join(dirname(program), 'assets', name), 'utf8')))
  const loaded = [...code.join('\n').matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name.split('-')[0])
  expect([names.length, loaded.filter((name) => !name?.startsWith('node:'))]).toEqual([1, ['./rolldown']])
})

test('it runs under plain Node with no package beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'claw-copy-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(dirname(program), join(folder, 'out/cli'), { recursive: true })
  await cp(worker, join(folder, 'out/worker/worker.js'))
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
