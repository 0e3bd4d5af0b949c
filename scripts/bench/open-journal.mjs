// @ts-check
// What a long session takes of the processor to open, and the memory that it takes at most, beside reading its journal and parsing each
// line of it. Each in a process of its own, in turns. `node scripts/bench/open-journal.mjs 500` takes so many megabytes.
import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { writeLongJournal } from './lib/long-journal.mjs'
import { median, report } from './lib/table.mjs'

const MEGABYTES = Number(process.argv[2] ?? 100)
const ROUNDS = MEGABYTES > 200 ? 1 : 3
const root = join(import.meta.dirname, '../..')
const built = join(root, 'node_modules/.cache/bench-open-journal')

/** @typedef {{ s: number, megabytes: number }} Measure */

if (process.argv[2] === 'open') await open(process.argv[3] ?? '', process.argv[4] ?? '')
else await measure()

async function measure() {
  await mkdir(built, { recursive: true })
  await build({
    root,
    logLevel: 'error',
    configFile: false,
    build: {
      ssr: join(root, 'electron/engine/sessions/read-session.ts'),
      outDir: built,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'read-session.mjs' } },
    },
  })
  const folder = await mkdtemp(join(tmpdir(), 'claw-bench-open-'))
  try {
    /** @type {import('./lib/table.mjs').Row[]} */
    const rows = []
    for (const kind of /** @type {const} */ (['answers', 'outputs'])) {
      const path = join(folder, `${kind}.jsonl`)
      await writeLongJournal(path, MEGABYTES, kind)
      /** @type {Record<'floor' | 'ours', Measure[]>} */
      const measures = { floor: [], ours: [] }
      for (let round = 0; round < ROUNDS; round++) {
        for (const name of /** @type {const} */ (['floor', 'ours'])) measures[name].push(await inProcess(name, path))
      }
      await rm(path)
      const of = (/** @type {Measure[]} */ list, /** @type {keyof Measure} */ key) =>
        median(list.map((one) => one[key]))
      const name = `open a journal of ${MEGABYTES} MB, long ${kind}`
      rows.push(
        { name: `${name}, CPU`, unit: 's', floor: of(measures.floor, 's'), ours: of(measures.ours, 's'), target: null },
        { name: `${name}, CPU`, unit: 's', floor: null, ours: of(measures.ours, 's'), target: MEGABYTES / 50 },
        { name: `${name}, peak memory`, unit: 'MB', floor: null, ours: of(measures.ours, 'megabytes'), target: 300 },
      )
    }
    report(rows)
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(built, { recursive: true, force: true })
  }
}

/** @param {'floor' | 'ours'} name @param {string} path @returns {Promise<Measure>} */
async function inProcess(name, path) {
  const child = spawn(process.execPath, [import.meta.filename, 'open', name, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (text) => {
    out += text
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${name} ended with ${code}.`)
  return JSON.parse(out)
}

/** @param {string} name @param {string} path */
async function open(name, path) {
  const { readSession } = await import(pathToFileURL(join(built, 'read-session.mjs')).href)
  const before = process.cpuUsage()
  if (name === 'ours') {
    const { state } = await readSession(path, 'abcdefghij')
    if (state.view.turns.length === 0) throw new Error('It read no turn.')
  } else {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY }))
      JSON.parse(line)
  }
  const { user, system } = process.cpuUsage(before)
  process.stdout.write(JSON.stringify({ s: (user + system) / 1e6, megabytes: process.resourceUsage().maxRSS / 1024 }))
}
