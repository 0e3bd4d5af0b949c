// @ts-check
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { resultsFolder } from './server-process.mjs'

/** @typedef {import('./live-table.mjs').Result & { date: string }} KeptResult */

const folder = join(resultsFolder, 'results')

/** Writes what a column came to, for the tables of README.md. @param {import('./live-table.mjs').Result} result */
export async function keepResult({ name, version, cells }) {
  await mkdir(folder, { recursive: true })
  const date = new Date().toISOString().slice(0, 10)
  const text = JSON.stringify({ date, name, version, cells: [...cells] }, null, 2)
  await writeFile(join(folder, `${name.replaceAll(/\W+/g, '-')}.json`), `${text}\n`)
}

/** @returns {Promise<KeptResult[]>} the last run of each column */
export async function keptResults() {
  const results = []
  for (const file of await readdir(folder)) {
    const result = JSON.parse(await readFile(join(folder, file), 'utf8'))
    results.push({ ...result, cells: new Map(result.cells) })
  }
  return results
}
