// @ts-check
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { root } from './paths.mjs'
import { notice, Problem } from './problem.mjs'
import { runNpm } from './run.mjs'
import { isInstalled } from './staleness.mjs'

/** One process at a time installs into or builds this clone. */
export const cloneLock = join(root, 'out/.lock')

/** Installs the npm packages of package-lock.json, unless they are there. */
export async function preparePackages() {
  if (packagesAreThere()) return
  await withLock(cloneLock, async () => {
    if (packagesAreThere()) return
    notice('Installing npm packages…')
    // The tools are needed whatever NODE_ENV says.
    const { code, output } = await runNpm(['ci', '--include=dev', '--loglevel=error'], { cwd: root })
    if (code === 0) return
    const reason = output.trim().split('\n').slice(-15).join('\n')
    throw new Problem(`${reason}\nThe npm packages could not be installed: see above, then try again with "npm ci".`)
  })
}

function packagesAreThere() {
  return isInstalled(readLock('package-lock.json'), readLock('node_modules/.package-lock.json'))
}

/** @param {string} name */
function readLock(name) {
  try {
    return JSON.parse(readFileSync(join(root, name), 'utf8'))
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null
    throw error
  }
}
