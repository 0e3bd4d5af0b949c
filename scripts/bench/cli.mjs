// @ts-check
// The built terminal program beside a bare fetch loop: ten tool turns against a scripted server in a process of its own,
// in alternating rounds. Also how many bytes a first request has, and how much of a request is the one before it.
import { execFileSync, fork, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, report } from './lib/table.mjs'

const ROUNDS = 15
const TURNS = 10
const root = join(import.meta.dirname, '../..')
const preload = join(import.meta.dirname, 'lib/report-usage.cjs')

/** @typedef {{ wall: number, cpu: number, peak: number }} Measure */

execFileSync(
  process.execPath,
  ['node_modules/vite/bin/vite.js', 'build', '--config', 'vite.node.config.ts', '--logLevel', 'warn'],
  {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  },
)
const folder = await mkdtemp(join(tmpdir(), 'claw-bench-cli-'))
const server = fork(join(import.meta.dirname, 'lib/tool-turn-server.mjs'), [String(TURNS)])
try {
  const { port } = await answer()
  const baseUrl = `http://127.0.0.1:${port}/v1`
  const work = join(folder, 'work')
  await mkdir(work)
  for (let file = 0; file < TURNS; file++) await writeFile(join(work, `file-${file}.txt`), fileText(file))
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    CLAW_HOME: join(folder, 'data'),
    OPENAI_BASE_URL: baseUrl,
    OPENAI_MODEL: 'bench',
  }
  const programs = {
    floor: [join(import.meta.dirname, 'lib/bare-loop.mjs'), baseUrl],
    ours: [join(root, 'out/cli/claw.js'), 'agent', 'Read the files.'],
  }
  /** @type {Record<'floor' | 'ours', Measure[]>} */
  const measures = { floor: [], ours: [] }
  /** @type {string[]} */
  let bodies = []
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of /** @type {const} */ (['floor', 'ours'])) {
      const measure = await run(programs[name], work, env)
      bodies = await sentBodies()
      if (bodies.length !== TURNS + 1)
        throw new Error(`${name} made ${bodies.length} requests instead of ${TURNS + 1}.`)
      // The first round only warms the disk cache.
      if (round > 0) measures[name].push(measure)
    }
  }
  report([
    row('10 tool turns, wall time', 'ms', measures, 'wall', 1.3),
    row('10 tool turns, CPU', 'ms', measures, 'cpu', 1.15),
    row('10 tool turns, peak memory', 'MB', measures, 'peak', 1.05),
    { name: 'first request', unit: 'bytes', floor: null, ours: Buffer.byteLength(bodies[0] ?? ''), target: 3500 },
    {
      name: 'request before it that is no exact prefix',
      unit: 'share',
      floor: null,
      ours: 1 - prefixShare(bodies),
      target: 0,
    },
  ])
} finally {
  server.disconnect()
  server.kill()
  await rm(folder, { recursive: true, force: true })
}

/** @param {number} file */
function fileText(file) {
  return Array.from({ length: 60 }, (_, line) => `This is line ${line} of file ${file}.`).join('\n')
}

/** @param {string} name @param {string} unit @param {Record<'floor' | 'ours', Measure[]>} measures @param {keyof Measure} key @param {number | null} target */
function row(name, unit, measures, key, target) {
  const of = (/** @type {Measure[]} */ list) => median(list.map((measure) => measure[key]))
  return { name, unit, floor: of(measures.floor), ours: of(measures.ours), target }
}

/** @param {string[]} program @param {string} cwd @param {NodeJS.ProcessEnv} env @returns {Promise<Measure>} */
async function run(program, cwd, env) {
  const began = performance.now()
  const child = spawn(process.execPath, ['--require', preload, ...program], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let usage = ''
  let errors = ''
  child.stdout?.resume()
  child.stderr?.on('data', (text) => {
    errors += text
  })
  child.stdio[3]?.on('data', (text) => {
    usage += text
  })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  const wall = performance.now() - began
  await new Promise((resolve) => (child.stdio[3]?.destroyed ? resolve(undefined) : child.once('close', resolve)))
  if (code !== 0) throw new Error(`It ended with ${code}: ${errors.slice(-500)}`)
  const { peakKilobytes, cpuMs } = JSON.parse(usage)
  return { wall, cpu: cpuMs, peak: peakKilobytes / 1024 }
}

/** @returns {Promise<any>} the next message of the server */
function answer() {
  return new Promise((resolve) => server.once('message', resolve))
}

/** @returns {Promise<string[]>} */
async function sentBodies() {
  const answered = answer()
  server.send('bodies')
  return (await answered).bodies
}

/**
 * The smallest share of a request's messages, byte for byte, that the next request begins with.
 *
 * @param {string[]} bodies
 */
function prefixShare(bodies) {
  const texts = bodies.map((body) => JSON.stringify(JSON.parse(body).messages).slice(0, -1))
  return Math.min(...texts.slice(1).map((text, at) => commonLength(text, texts[at] ?? '') / (texts[at] ?? '').length))
}

/** @param {string} a @param {string} b */
function commonLength(a, b) {
  let length = 0
  while (length < b.length && a[length] === b[length]) length++
  return length
}
