// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'
import { run, runTool } from './run.mjs'

const folders = ['shared', 'electron', 'renderer', 'test-support', 'e2e', 'scripts'].filter((name) =>
  existsSync(join(root, name)),
)

// The output is shown later and possibly elsewhere.
const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' }

/** @typedef {{ name: string, ok: boolean, output: string, seconds: number }} CheckResult */

/**
 * A tool of node_modules, or a script of our own.
 *
 * @typedef {{ name: string, tool: string, args: string[] } | { name: string, script: string }} Check
 */

/** @type {Check[]} the slowest first, since two run at a time */
const checks = [
  { name: 'types', tool: 'typescript/bin/tsc', args: ['-b'] },
  { name: 'format and lint', tool: '@biomejs/biome/bin/biome', args: ['ci', '--colors=off', '.'] },
  {
    name: 'who imports whom',
    tool: 'dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['--config', '.dependency-cruiser.cjs', ...folders],
  },
  { name: 'styles stay in their part', script: 'scripts/styles.mjs' },
  { name: 'no file is too long', script: 'scripts/file-sizes.mjs' },
  { name: 'unused code', tool: 'knip/bin/knip.js', args: [] },
]

/**
 * Runs all checks, failed ones or not, and tells each one's result when it is there.
 *
 * @param {(result: CheckResult) => void} tell
 * @returns {Promise<CheckResult[]>}
 */
export async function runChecks(tell) {
  const waiting = [...checks]
  /** @type {CheckResult[]} */
  const results = []
  const work = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const began = performance.now()
      const { code, output } = await start(check)
      const result = { name: check.name, ok: code === 0, output, seconds: (performance.now() - began) / 1000 }
      results.push(result)
      tell(result)
    }
  }
  await Promise.all([work(), work()])
  return results
}

/** @param {Check} check */
function start(check) {
  return 'tool' in check
    ? runTool(check.tool, check.args, { env })
    : run(process.execPath, [join(root, check.script)], { cwd: root, env })
}

/** @param {CheckResult} result */
export function describeCheck({ name, ok, seconds }) {
  return `${ok ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)`
}
