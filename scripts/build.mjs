// @ts-check
import './lib/node-version.mjs'
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cloneLock } from './install/packages.mjs'
import { isEntry } from './lib/entry.mjs'
import { withLock } from './lib/lock.mjs'
import { root } from './lib/paths.mjs'
import { notice, Problem, runScript } from './lib/problem.mjs'
import { runTool } from './lib/run.mjs'
import { newestChange } from './lib/staleness.mjs'

/**
 * @typedef {object} Target
 * @property {string} stamp a file whose date is the moment the last good build began
 * @property {string[]} sources
 * @property {string[]} results
 * @property {() => Promise<import('./lib/run.mjs').Finished>} build
 */

const common = [
  ...['shared', 'electron/engine', 'vite.engine-build.ts'],
  ...['package.json', 'package-lock.json', 'tsconfig.base.json'],
]

/** @type {Record<'window' | 'terminal' | 'worker', Target>} */
const targets = {
  window: {
    stamp: 'out/.built-window',
    sources: [...common, 'electron/main', 'electron/preload', 'renderer', 'electron.vite.config.ts'],
    results: ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html'],
    build: () => runTool('electron-vite/bin/electron-vite.js', ['build', '--logLevel', 'warn']),
  },
  terminal: {
    stamp: 'out/.built-terminal',
    sources: [...common, 'electron/cli', 'vite.node.config.ts', 'vite.started-file.ts'],
    results: ['out/cli/claw.js'],
    build: () => runTool('vite/bin/vite.js', ['build', '--config', 'vite.node.config.ts', '--logLevel', 'warn']),
  },
  worker: {
    stamp: 'out/.built-worker',
    sources: [...common, 'electron/worker', 'vite.worker.config.ts', 'vite.started-file.ts'],
    results: ['out/worker/worker.js'],
    build: () => runTool('vite/bin/vite.js', ['build', '--config', 'vite.worker.config.ts', '--logLevel', 'warn']),
  },
}

/**
 * Builds what is missing or older than its sources.
 *
 * @param {('window' | 'terminal' | 'worker')[]} names
 */
export async function buildStale(names) {
  if (!names.some((name) => isStale(targets[name]))) return
  await withLock(cloneLock, async () => {
    const stale = names.filter((name) => isStale(targets[name]))
    if (stale.length > 0) notice('Building…')
    await buildAll(stale)
  })
}

/** @param {('window' | 'terminal' | 'worker')[]} names */
async function buildAll(names) {
  const failures = (await Promise.all(names.map((name) => build(targets[name])))).filter((failure) => failure !== null)
  if (failures.length > 0) throw new Problem(`${failures.join('\n')}\nThe build failed: see above.`)
}

/**
 * @param {Target} target
 * @returns {Promise<string | null>} what the tool said when it failed
 */
async function build({ stamp, build }) {
  const began = new Date()
  rmSync(join(root, stamp), { force: true })
  const { code, output } = await build()
  if (code !== 0) return output.trim()
  // What it warned of is meant to be mended: a good build says nothing.
  if (output.trim() !== '') notice(output.trim())
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(join(root, stamp), '')
  // A source saved while the build ran may have been read before: it is newer than this date, so the next start sees it.
  utimesSync(join(root, stamp), began, began)
  return null
}

/** @param {Target} target */
function isStale({ stamp, sources, results }) {
  if (!results.every((result) => existsSync(join(root, result)))) return true
  const built = newestChange([join(root, stamp)])
  return newestChange(sources.map((source) => join(root, source))) >= built
}

if (isEntry(import.meta)) {
  await runScript(() => withLock(cloneLock, () => buildAll(['window', 'terminal', 'worker'])))
}
