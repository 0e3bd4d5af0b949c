// @ts-check
// What the page Budgets costs with the report of a month of 100,000 calls: opening it, and keeping it current while a run
// streams. The built page runs in a real Electron; main answers from memory, so that only the page is measured.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildStale } from '../build.mjs'
import { root } from '../lib/paths.mjs'
import { openScreen } from '../lib/screen.mjs'
import { median, report } from './lib/table.mjs'

const LONGEST_MS = 60_000
/** Chromium calls a task long from here on. */
const LONG_MS = 50

await buildStale(['window'])
const electron = execFileSync(process.execPath, [join(root, 'scripts/electron.mjs'), '--print'], {
  encoding: 'utf8',
}).trim()
const screen = await openScreen()
const data = await mkdtemp(join(tmpdir(), 'claw-bench-budgets-'))
try {
  const { cold, warm, streaming } = await measure()
  const warmOnes = /** @type {{ shown: number, longest: number }[]} */ (warm)
  report([
    { name: 'open Budgets with 100,000 calls, cold', unit: 'ms', floor: null, ours: cold.shown, target: null },
    {
      name: 'open it again',
      unit: 'ms',
      floor: null,
      ours: median(warmOnes.map(({ shown }) => shown)),
      target: null,
    },
    { name: 'longest task, cold', unit: 'ms', floor: null, ours: cold.longest, target: LONG_MS },
    {
      name: 'longest task, again',
      unit: 'ms',
      floor: null,
      ours: median(warmOnes.map(({ longest }) => longest)),
      target: LONG_MS,
    },
    {
      name: 'longest task while a run streams',
      unit: 'ms',
      floor: null,
      ours: streaming.longest,
      target: LONG_MS,
    },
    { name: 'reports asked for in 6 s of it', unit: 'count', floor: null, ours: streaming.reports, target: 7 },
  ])
} finally {
  screen.close()
  await rm(data, { recursive: true, force: true, maxRetries: 3 })
}

/** @returns {Promise<any>} */
function measure() {
  const job = { renderer: join(root, 'out/renderer'), preload: join(root, 'out/preload/index.cjs') }
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const child = spawn(
    electron,
    [...asRoot, `--user-data-dir=${join(data, 'electron')}`, join(import.meta.dirname, 'budgets/app')],
    {
      env: { ...process.env, ...screen.env, CLAW_BENCH_JOB: JSON.stringify(job) },
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
      else reject(new Error(`There is no result:\n${output.slice(-2000)}`))
    })
  })
}
