// @ts-check
// How long a ledger of 100,000 calls takes to open, and a report over all of it, beside reading and parsing the same lines.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { median, report } from './lib/table.mjs'

const LINES = 100_000
const ROUNDS = 9
const folder = await mkdtemp(join(tmpdir(), 'claw-bench-ledger-'))
const source = join(import.meta.dirname, '../../electron/engine/budget')
/** @type {{ module: typeof import('../../electron/engine/budget/ledger.ts') }} */
const { module: ledgerModule } = await runnerImport(join(source, 'ledger.ts'))
/** @type {{ module: typeof import('../../electron/engine/budget/report.ts') }} */
const { module: reportModule } = await runnerImport(join(source, 'report.ts'))
try {
  const path = join(folder, '2026-11.jsonl')
  await writeFile(path, lines())
  const clock = { now: () => new Date(2026, 10, 30, 12).getTime() }
  /** @type {Record<'floor' | 'open' | 'report', number[]>} */
  const times = { floor: [], open: [], report: [] }
  for (let round = -2; round < ROUNDS; round++) {
    /** @type {Record<string, () => Promise<unknown>>} */
    const actions = {
      floor: async () => (await readFile(path, 'utf8')).split('\n').map((line) => line && JSON.parse(line)),
      open: async () => {
        const ledger = new ledgerModule.Ledger(folder, clock)
        const { revision } = await ledger.current()
        if (revision !== LINES) throw new Error(`It read ${revision} lines.`)
      },
      report: async () => {
        const { files } = new ledgerModule.Ledger(folder, clock)
        const query = { from: '2026-11-01', to: '2026-11-30', profileId: null }
        const { total } = await reportModule.makeReport(query, { files, revision: 0, titleOf: () => undefined })
        if (total.modelCalls !== LINES) throw new Error(`It counted ${total.modelCalls} calls.`)
      },
    }
    for (const name of /** @type {const} */ (['floor', 'open', 'report'])) {
      const began = performance.now()
      await actions[name]?.()
      // The first ones warm the compiler.
      if (round >= 0) times[name].push(performance.now() - began)
    }
  }
  const floor = median(times.floor)
  report([
    { name: 'a ledger of 100,000 calls: open', unit: 'ms', floor, ours: median(times.open), target: null },
    { name: 'a ledger of 100,000 calls: report', unit: 'ms', floor, ours: median(times.report), target: null },
    { name: 'a ledger of 100,000 calls: open', unit: 'ms', floor: null, ours: median(times.open), target: 500 },
    { name: 'a ledger of 100,000 calls: report', unit: 'ms', floor: null, ours: median(times.report), target: 500 },
  ])
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** A month of much work: thirty days, five models, forty projects, two thousand sessions. */
function lines() {
  const pad = (/** @type {number} */ value) => String(value).padStart(2, '0')
  return Array.from({ length: LINES }, (_, at) => {
    const day = 1 + Math.floor((at * 30) / LINES)
    const line = {
      type: 'spend',
      at: new Date(2026, 10, day, at % 24).getTime(),
      day: `2026-11-${pad(day)}`,
      run: `run${String(Math.floor(at / 8)).padStart(7, '0')}`,
      session: `ses${String(at % 2000).padStart(7, '0')}`,
      profile: `profile-${at % 3}`,
      profileName: `Profile ${at % 3}`,
      kind: 'openrouter',
      model: `vendor/model-${at % 5}`,
      cwd: `/home/person/projects/project-${at % 40}`,
      label: 'answer',
      input: 12_000 + at,
      cached: 11_000,
      output: 300 + (at % 700),
      reasoning: null,
      counted: 'reported',
      cost: 1200 + (at % 100),
      costSource: 'reported',
      saved: null,
      tools: at % 2 ? { read_file: 1 } : {},
      ms: 4200,
    }
    return `\n${JSON.stringify(line)}\n`
  }).join('')
}
