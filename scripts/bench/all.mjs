// @ts-check
// Runs every benchmark of this folder, one after the other, and prints one table. `npm run bench -- decode cli` runs some.
import { fork } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { printTable } from './lib/table.mjs'

const here = import.meta.dirname
const wanted = process.argv.slice(2)
const names = (await readdir(here))
  .filter((name) => name.endsWith('.mjs') && name !== 'all.mjs')
  .map((name) => name.slice(0, -'.mjs'.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
  .sort()

/** @type {import('./lib/table.mjs').Row[]} */
const rows = []
let failed = 0
for (const name of names) {
  console.log(`\n${name}`)
  const code = await new Promise((resolve) => {
    const child = fork(join(here, `${name}.mjs`), { cwd: join(here, '../..') })
    child.on('message', (message) => rows.push(.../** @type {import('./lib/table.mjs').Row[]} */ (message)))
    child.on('exit', (exitCode) => resolve(exitCode))
  })
  if (code !== 0) {
    failed++
    console.log(`${name} did not finish (exit code ${code}).`)
  }
}
console.log('\nAll')
printTable(rows)
process.exitCode = failed > 0 ? 1 : 0
