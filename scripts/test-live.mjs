// @ts-check
// The built program on real servers: `npm run test:live [column…]`. `--check NAME` runs one check (`window`: the journey
// through the window), `--record` keeps what the
// servers say as fixtures, `--no-window` leaves the window out, `--kept` prints what earlier runs found, as Markdown. Not
// part of npm test: it installs servers (see scripts/servers).
import './lib/node-version.mjs'
import { parseArgs } from 'node:util'
import { buildStale } from './build.mjs'
import { Problem, runScript } from './lib/problem.mjs'
import { writeFixtures } from './live/fixtures.mjs'
import { journey } from './live/journey.mjs'
import { keepResult, keptResults } from './live/kept-results.mjs'
import { printLiveTable } from './live/live-table.mjs'
import { markdownTables } from './live/markdown-tables.mjs'
import { takeProgram } from './live/person.mjs'
import { Recorder } from './live/recorder.mjs'
import { columns, install } from './live/servers.mjs'
import { setup } from './setup.mjs'

/** @typedef {import('./live/live-table.mjs').Result} Result */

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(130))
await runScript(main)

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      check: { type: 'string', multiple: true, default: [] },
      record: { type: 'boolean', default: false },
      'no-window': { type: 'boolean', default: false },
      kept: { type: 'boolean', default: false },
    },
  })
  if (values.kept) return console.log(markdownTables(columns, await keptResults()))
  const chosen = columnsOf(positionals)
  if (chosen.length === 0) throw new Problem(`There is only ${columns.map(({ name }) => `"${name}"`).join(', ')}.`)
  await setup()
  await buildStale(['terminal', 'window'])
  await takeProgram()
  /** @type {Result[]} */
  const results = []
  for (const column of chosen) {
    const result = await runColumn(column, { only: values.check, window: !values['no-window'] }, values.record)
    if (values.check.length === 0) await keepResult(result)
    results.push(result)
  }
  console.log()
  printLiveTable(results)
  if (results.some(({ cells }) => [...cells.values()].some(({ state }) => state === 'missed'))) process.exitCode = 1
}

/**
 * @param {import('./live/servers.mjs').Column} column
 * @param {{ only: string[], window: boolean }} options
 * @param {boolean} record
 * @returns {Promise<Result>}
 */
async function runColumn(column, options, record) {
  const version = await install(column)
  console.log(`\n${column.name}: ${version}`)
  const servers = await column.start()
  // A fixture is written only of a whole journey: the folder is written anew.
  const recorder = record && options.only.length === 0 ? await new Recorder(servers.at(-1)?.address ?? '').open() : null
  try {
    const cells = await journey(column, servers, { ...options, recorder, tell })
    if (recorder) await writeFixtures(column, version, recorder.exchanges)
    return { name: column.name, version, cells }
  } finally {
    recorder?.close()
    for (const server of servers.reverse()) await server.stop()
  }
}

/** @param {string} name @param {import('./live/journey.mjs').Cell} cell */
function tell(name, { state, remark }) {
  if (state !== 'none') console.log(`  ${{ ok: '✓', missed: '✗' }[state]} ${name}${remark ? ` (${remark})` : ''}`)
}

/** A name is that of a column, or else of a server: all ways to run it. @param {string[]} wanted */
function columnsOf(wanted) {
  if (wanted.length === 0) return columns
  return columns.filter((column) =>
    wanted.some((word) =>
      columns.some(({ name }) => name === word) ? column.name === word : column.servers.at(-1) === word,
    ),
  )
}
