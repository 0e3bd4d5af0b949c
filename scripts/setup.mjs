// @ts-check
import './lib/node-version.mjs'
import { resolveElectron } from './electron.mjs'
import { isEntry } from './lib/entry.mjs'
import { preparePackages } from './lib/packages.mjs'
import { runScript } from './lib/problem.mjs'
import { prepareSystem } from './lib/system.mjs'

/**
 * Makes a fresh clone ready and does nothing when it is: npm packages, and, where asked for, Electron and what it needs
 * from the system.
 *
 * @param {{ electron?: boolean, screen?: boolean, sandbox?: boolean }} [parts]
 * @returns {Promise<import('./electron.mjs').Electron | null>} null when Electron was not asked for
 */
export async function setup({ electron = false, screen = false, sandbox = false } = {}) {
  await preparePackages()
  const runtime = electron ? await resolveElectron() : null
  await prepareSystem({ electron: runtime?.path, screen, sandbox })
  return runtime
}

if (isEntry(import.meta)) {
  await runScript(async () => {
    await setup({ electron: true, screen: true, sandbox: true })
    console.log('Everything is in place.')
  })
}
