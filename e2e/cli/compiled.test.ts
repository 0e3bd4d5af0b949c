import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { chunk, DONE, raw, text, toolCall } from '../../test-support/scripted-backend.ts'
import { processGone, runIs, runsFolder, startRun } from './support/registry.ts'
import { createWorld, type World } from './support/world.ts'

async function keptFiles({ home }: World): Promise<string[]> {
  const entries = await readdir(join(home, 'cache'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** As some proxies send it, though nobody asked for it. */
function compressed(words: string) {
  const frames = chunk({ content: words }) + chunk({}, 'stop') + DONE
  return raw([gzipSync(frames)], { headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' } })
}

test('the compiled program is kept for one’s own eyes, and used as it is', async () => {
  const world = await createWorld(text('One.'), text('Two.'))
  await world.run(['agent', 'Hi'])
  const files = await keptFiles(world)
  const identities = () => Promise.all(files.map(async (file) => (await stat(file)).ino))
  const before = await identities()
  const { out } = await world.run(['agent', 'Hi'])
  expect({ out, after: await identities(), kept: files.length > 0 }).toEqual({
    out: 'Two.\n',
    after: before,
    kept: true,
  })
  expect((await stat(join(world.home, 'cache'))).mode & 0o77).toBe(0)
})

test('what was kept and is damaged is made anew', async () => {
  const world = await createWorld(text('One.'), text('Two.'), text('Three.'))
  await world.run(['agent', 'Hi'])
  for (const file of await keptFiles(world)) {
    const bytes = await readFile(file)
    await writeFile(file, bytes.fill(0xff, bytes.length / 2))
  }
  const results = [await world.run(['agent', 'Hi']), await world.run(['agent', 'Hi'])]
  expect(results).toMatchObject([
    { code: 0, out: 'Two.\n' },
    { code: 0, out: 'Three.\n' },
  ])
})

test('from what was kept, a package outside of the program is found without a warning', async () => {
  const search = toolCall('grep_search', { pattern: 'nothing' })
  const world = await createWorld(search, text('One.'), search, text('Two.'))
  const results = [await world.run(['agent', 'Search.']), await world.run(['agent', 'Search.'])]
  expect(results.map(({ out }) => out)).toEqual(['One.\n', 'Two.\n'])
  expect(results.map(({ side }) => side).join()).not.toMatch(/warning|not installed/i)
})

test('from what was kept, an answer that came compressed is read, and a certificate of one’s own is looked for', async () => {
  const world = await createWorld(compressed('One.'), compressed('Two.'))
  const answers = [await world.run(['agent', 'Hi']), await world.run(['agent', 'Hi'])]
  expect(answers.map(({ out }) => out)).toEqual(['One.\n', 'Two.\n'])
  const certificate = join(world.work, 'authority.pem')
  await writeFile(certificate, 'no certificate')
  const add = [
    'profiles',
    'add',
    'own',
    '--base-url',
    'https://127.0.0.1:1/v1',
    '--model',
    'm',
    '--ca-file',
    certificate,
  ]
  expect(await world.run(add)).toMatchObject({ code: 0 })
  for (const _ of [1, 2]) {
    const { side } = await world.run(['agent', '--profile', 'own', 'Hi'])
    expect(side).not.toMatch(/defect|ERR_VM/)
  }
})

test('a background run keeps its compiled program too, and searches from what was kept', async () => {
  const search = toolCall('grep_search', { pattern: 'needle' })
  const world = await createWorld(search, text('One.'), search, text('Two.'))
  await writeFile(join(world.work, 'hay.txt'), 'a needle\n')
  const logs = []
  for (const words of ['One.', 'Two.']) {
    const { runId } = await startRun(world, ['Search.'])
    const { run, worker } = await runIs(world, runId, ({ endedAt }) => endedAt !== null)
    await processGone(worker.pid)
    const said = await readFile(join(runsFolder(world), `${runId}.log`), 'utf8')
    const { out } = await world.run(['agent-logs', runId])
    logs.push([run.status, said, out.includes(words) && out.includes('needle')])
  }
  const kept = (await keptFiles(world)).filter((path) => basename(path).startsWith('worker.'))
  expect([logs, kept.length]).toEqual([
    [
      ['completed', '', true],
      ['completed', '', true],
    ],
    1,
  ])
})
