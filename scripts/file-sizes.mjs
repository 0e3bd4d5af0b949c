// @ts-check
// A file that does not fit into a head is two files. Tests are tables and may be longer.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/paths.mjs'

const LONGEST = 400

const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
}).split('\0')
const long = files
  .filter((path) => /\.(?:tsx?|mjs|css)$/.test(path) && !/\.(?:test|e2e|live)\.(?:tsx?|mjs)$/.test(path))
  .map((path) => ({ path, lines: linesOf(path) }))
  .filter(({ lines }) => lines > LONGEST)
for (const { path, lines } of long) console.log(`${path} has ${lines} lines; more than ${LONGEST} are two files.`)
if (long.length > 0) process.exitCode = 1

/** @param {string} path a file that is still listed but gone has none */
function linesOf(path) {
  try {
    return readFileSync(join(root, path), 'utf8').split('\n').length - 1
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return 0
    throw error
  }
}
