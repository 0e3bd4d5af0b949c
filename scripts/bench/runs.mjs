// @ts-check
// Fifty background runs: what starting one costs beside a bare Node start, what listing them all costs, and how long the
// machine takes to start, run and end them all at once. In processor time where one command is measured: a start is short,
// and the clock of a busy machine says little about it.
import { execFileSync, fork, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, report } from './lib/table.mjs'

const RUNS = 50
const ROUNDS = 11
const root = join(import.meta.dirname, '../..')
const program = join(root, 'out/cli/claw.js')
const preload = join(import.meta.dirname, 'lib/report-usage.cjs')

for (const config of ['vite.node.config.ts', 'vite.worker.config.ts']) {
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--config', config, '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
const folder = await mkdtemp(join(tmpdir(), 'claw-bench-runs-'))
const server = fork(join(import.meta.dirname, 'lib/tool-turn-server.mjs'), ['0'])
try {
  const { port } = await new Promise((resolve) => server.once('message', resolve))
  await mkdir(join(folder, 'work'))
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    CLAW_HOME: join(folder, 'data'),
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
    OPENAI_MODEL: 'bench',
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: RUNS }, () => cpuOf([program, 'agent-bg', 'Hello'], env)))
  while (!(await allOver(env))) await new Promise((resolve) => setTimeout(resolve, 200))
  const allAtOnce = performance.now() - began

  /** @type {Record<'bare' | 'list' | 'start', number[]>} */
  const times = { bare: [], list: [], start: [] }
  for (let round = 0; round <= ROUNDS; round++) {
    const measured = {
      bare: await cpuOf(['-e', '0'], env),
      list: await cpuOf([program, 'agent-ps'], env),
      start: await cpuOf([program, 'agent-bg', 'Hello'], env),
    }
    // The first round only warms the disk cache.
    if (round > 0) for (const name of /** @type {const} */ (['bare', 'list', 'start'])) times[name].push(measured[name])
  }
  const floor = median(times.bare)
  report([
    { name: `list ${RUNS} runs, CPU`, unit: 'ms', floor, ours: median(times.list), target: 1.3 },
    { name: 'start a run, CPU', unit: 'ms', floor, ours: median(times.start), target: 3 },
    {
      name: `${RUNS} runs at once, a turn each, all of it`,
      unit: 's',
      floor: null,
      ours: allAtOnce / 1000,
      target: null,
    },
  ])
} finally {
  server.disconnect()
  server.kill()
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

/** @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<number>} milliseconds of the processor */
async function cpuOf(args, env) {
  const { usage } = await run(['--require', preload, ...args], env)
  return JSON.parse(usage).cpuMs
}

/** @param {NodeJS.ProcessEnv} env */
async function allOver(env) {
  const { out } = await run([program, 'agent-ps', '--json'], env)
  return JSON.parse(out).every((/** @type {{ endedAt: number | null }} */ { endedAt }) => endedAt !== null)
}

/** @param {string[]} args @param {NodeJS.ProcessEnv} env */
async function run(args, env) {
  const child = spawn(process.execPath, args, {
    cwd: join(folder, 'work'),
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let [out, errors, usage] = ['', '', '']
  child.stdout?.on('data', (text) => {
    out += text
  })
  child.stderr?.on('data', (text) => {
    errors += text
  })
  child.stdio[3]?.on('data', (text) => {
    usage += text
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`It ended with ${code}: ${errors.slice(-500)}`)
  return { out, usage }
}
