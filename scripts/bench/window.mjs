// @ts-check
// What the window costs: text that streams in, and a long session that is opened. The built page runs in a real
// Electron and gets its feed from a main process that does nothing else; the floor is a page that shows the same
// messages as plain text, fed and measured in the same way, in the same run. `--quick` does each once.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildStale } from '../build.mjs'
import { root } from '../lib/paths.mjs'
import { openScreen } from '../lib/screen.mjs'
import { median, report } from './lib/table.mjs'

const LENGTH = 80_000
/** One measurement takes half of it. */
const LONGEST_MS = 90_000
const ROUNDS = process.argv.includes('--quick') ? 1 : 3
const renderer = process.env.CLAW_BENCH_RENDERER ?? join(root, 'out/renderer')
const preload = process.env.CLAW_BENCH_PRELOAD ?? join(root, 'out/preload/index.cjs')

if (!process.env.CLAW_BENCH_RENDERER) await buildStale(['window'])
const electron = execFileSync(process.execPath, [join(root, 'scripts/electron.mjs'), '--print'], {
  encoding: 'utf8',
}).trim()
const screen = await openScreen()
const data = await mkdtemp(join(tmpdir(), 'claw-bench-window-'))
try {
  const results = await measureAll()
  report(rowsOf(results))
} finally {
  screen.close()
  await rm(data, { recursive: true, force: true, maxRetries: 3 })
}

/** @typedef {{ task: number, lag: number, frames: number[], keys: number[], longTasks: number[], characters: number }} Stream */
/** @typedef {{ shown: number, settled: number, elements: number }} Opening */

async function measureAll() {
  /** @type {Record<string, Stream[]>} */
  const streams = { idle: [], floor: [], mixed: [], fence: [], list: [] }
  /** @type {Record<string, { cold: Opening, warm: Opening[] }[]>} */
  const openings = { floor: [], ours: [] }
  for (let round = 0; round < ROUNDS; round++) {
    streams.idle?.push(await measure({ page: 'ours', kind: 'stream', document: 'none' }))
    streams.floor?.push(await measure({ page: 'floor', kind: 'stream', document: 'mixed' }))
    for (const document of ['mixed', 'fence', 'list']) {
      streams[document]?.push(await measure({ page: 'ours', kind: 'stream', document }))
    }
    for (const page of ['floor', 'ours']) openings[page]?.push(await measure({ page, kind: 'open', document: 'none' }))
  }
  if (process.argv.includes('--raw')) console.log(JSON.stringify({ streams: summaries(streams), openings }, null, 1))
  return { streams, openings }
}

/** @param {object} job @returns {Promise<any>} */
function measure(job) {
  const whole = { ...job, renderer, preload, length: LENGTH, tokensPerSecond: 2_000, seconds: 10 }
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const child = spawn(
    electron,
    [...asRoot, `--user-data-dir=${join(data, 'electron')}`, join(import.meta.dirname, 'window/app')],
    {
      env: { ...process.env, ...screen.env, CLAW_BENCH_JOB: JSON.stringify(whole) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const deadline = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
  return new Promise((resolve, reject) => {
    child.once('close', () => {
      clearTimeout(deadline)
      const line = output.split('\n').find((text) => text.startsWith('RESULT '))
      if (line) resolve(JSON.parse(line.slice('RESULT '.length)))
      else reject(new Error(`No result for ${JSON.stringify(job)}:\n${output.slice(-2000)}`))
    })
  })
}

/** @param {Awaited<ReturnType<typeof measureAll>>} results @returns {import('./lib/table.mjs').Row[]} */
function rowsOf({ streams, openings }) {
  const { idle = [], floor = [], mixed = [], fence = [], list = [] } = streams
  const of = (/** @type {Stream[]} */ runs, /** @type {(run: Stream) => number} */ value) => median(runs.map(value))
  const task = (/** @type {Stream} */ run) => run.task
  const opened = (/** @type {string} */ page, /** @type {'cold' | 'warm'} */ kind) =>
    median(
      (openings[page] ?? []).map(({ cold, warm }) =>
        kind === 'cold' ? cold.shown : median(warm.map((one) => one.shown)),
      ),
    )
  return [
    row('80 KB at 2,000 tokens/s, main thread', 'ms', of(floor, task), of(mixed, task), 1),
    row('one 80 KB fence, beside the mixed text', 'ms', of(mixed, task), of(fence, task), 2.1),
    row('one 80 KB list, beside the mixed text', 'ms', of(mixed, task), of(list, task), 1.3),
    row('frame p99, beside an idle window', 'ms', of(idle, frameP99), of(mixed, frameP99), 1.05),
    row(
      'long tasks in the mixed text',
      'count',
      null,
      of(mixed, ({ longTasks }) => longTasks.length),
      0,
    ),
    row(
      'end of the mixed text, lag',
      'ms',
      null,
      of(mixed, ({ lag }) => Math.max(0, lag)),
      50,
    ),
    row('key p95, beside an idle window', 'ms', of(idle, keyP95), of(mixed, keyP95), 1.15),
    row('key p95, in the fence', 'ms', of(idle, keyP95), of(fence, keyP95), null),
    row('key p95, in the list', 'ms', of(idle, keyP95), of(list, keyP95), null),
    row('open 200 messages, cold', 'ms', opened('floor', 'cold'), opened('ours', 'cold'), 3),
    row('open 200 messages, warm', 'ms', opened('floor', 'warm'), opened('ours', 'warm'), 4),
  ]
}

/** @param {string} name @param {string} unit @param {number | null} floor @param {number} ours @param {number | null} target */
function row(name, unit, floor, ours, target) {
  return { name, unit, floor, ours, target }
}

/** @param {Stream} run */
function frameP99({ frames }) {
  return percentile(frames, 0.99)
}

/** @param {Stream} run */
function keyP95({ keys }) {
  return percentile(keys, 0.95)
}

/** @param {number[]} values @param {number} share */
function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** @param {Record<string, Stream[]>} streams */
function summaries(streams) {
  return Object.fromEntries(
    Object.entries(streams).map(([name, runs]) => [
      name,
      runs.map((run) => ({
        task: Math.round(run.task),
        lag: Math.round(run.lag),
        frames: run.frames.length,
        frameP99: frameP99(run),
        frameMax: Math.max(...run.frames),
        keys: run.keys.length,
        keyP95: keyP95(run),
        keyMax: Math.max(...run.keys),
        longTasks: run.longTasks.map(Math.round),
        characters: run.characters,
      })),
    ]),
  )
}
