// @ts-check
// What a turn costs in a session of 10,000 journal entries beside one of 10: from the message to its end, on the real
// engine with a scripted server in a process of its own. A cost that grows with the journal shows here.
import { fork } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { median, report } from './lib/table.mjs'

const ROUNDS = 150
const folder = await mkdtemp(join(tmpdir(), 'claw-bench-journal-'))
const work = join(folder, 'work')
await mkdir(work)
const server = fork(join(import.meta.dirname, 'lib/tool-turn-server.mjs'), ['0'])
const { port } = await new Promise((resolve) => server.once('message', resolve))
/** @type {{ module: typeof import('../../electron/engine/engine.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, '../../electron/engine/engine.ts'))
const engine = await module.createEngine({
  dataFolder: join(folder, 'data'),
  openConf: () => Promise.reject(new Error('Nothing is changed here.')),
  env: { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_MODEL: 'bench' },
  holder: 'a benchmark',
  platform: process.platform,
  worker: null,
  onDefect: (error) => console.error(error),
})
try {
  const sessions = { short: await openSession(10), long: await openSession(10_000) }
  /** @type {Record<'short' | 'long', number[]>} */
  const times = { short: [], long: [] }
  for (let round = -20; round < ROUNDS; round++) {
    for (const name of /** @type {const} */ (['short', 'long'])) {
      const began = performance.now()
      await sessions[name].send('Hello')
      // The first ones warm the compiler.
      if (round >= 0) times[name].push(performance.now() - began)
    }
  }
  const [floor, ours] = [median(times.short), median(times.long)]
  report([{ name: 'a turn at 10,000 journal entries over one at 10', unit: 'ms', floor, ours, target: 1.1 }])
} finally {
  await engine.close()
  server.disconnect()
  server.kill()
  await rm(folder, { recursive: true, force: true })
}

/**
 * A session with a journal of that many entries. They are warnings of its first turn: part of the journal and the view
 * like any other entry, but nothing that is sent to the model, so that the requests are the same in both.
 *
 * @param {number} entries
 */
async function openSession(entries) {
  const profile = engine.profiles.active()
  if (!profile) throw new Error('There is no profile.')
  const permissions = /** @type {const} */ ({ write: 'ask', shell: 'ask', sandbox: true })
  const session = await engine.sessions.create({ cwd: work, profileId: profile.id, permissions, canAnswer: false })
  await session.send('Hello')
  await engine.sessions.release(session.id)
  const path = join(folder, 'data', 'sessions', `${session.id}.jsonl`)
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  const end = JSON.parse(lines.pop() ?? '')
  while (lines.length < entries - 1) {
    lines.push(JSON.stringify({ type: 'warning', seq: end.seq++, at: end.at, code: 'bench', message: 'A warning.' }))
  }
  await writeFile(path, `${[...lines, JSON.stringify(end)].join('\n')}\n`)
  return engine.sessions.open(session.id, { canAnswer: false })
}
