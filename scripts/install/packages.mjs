// @ts-check
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../lib/lock.mjs'
import { root } from '../lib/paths.mjs'
import { notice, Problem } from '../lib/problem.mjs'
import { runNpm } from '../lib/run.mjs'
import { isInstalled } from '../lib/staleness.mjs'

/** One process at a time installs into or builds this clone. */
export const cloneLock = join(root, 'out/.lock')

/** Installs the npm packages of package-lock.json, unless they are there. */
export async function preparePackages() {
  if (packagesAreThere()) return
  await withLock(cloneLock, async () => {
    if (packagesAreThere()) return
    notice('Installing npm packages…')
    const { code, output } = await install()
    if (code === 0) return
    const reason = output.trim().split('\n').slice(-15).join('\n')
    throw new Problem(`${reason}\nThe npm packages could not be installed: see above, then try again with "npm ci".`)
  })
}

async function install() {
  // The tools are needed whatever NODE_ENV says.
  const options = ['--include=dev', '--loglevel=error']
  const exact = await runNpm(['ci', ...options], { cwd: root })
  if (exact.code === 0 || !/package\.json and package-lock\.json .*in sync/.test(exact.output)) return exact
  // npm also calls it out of sync when packages for other platforms are missing, as they are in a lock file made with a
  // registry that lacked them. What is locked is still installed as locked.
  notice('package-lock.json is incomplete, so npm looks up the rest…')
  return runNpm(['install', '--no-save', ...options], { cwd: root })
}

function packagesAreThere() {
  const wanted = readLock('package-lock.json')
  if (wanted === null)
    throw new Problem('package-lock.json is missing: this folder is not a whole clone of the project.')
  return isInstalled(wanted, readLock('node_modules/.package-lock.json'))
}

/**
 * @param {string} name
 * @returns {import('../lib/staleness.mjs').Lockfile | null}
 */
function readLock(name) {
  try {
    return JSON.parse(readFileSync(join(root, name), 'utf8'))
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null
    throw error
  }
}
