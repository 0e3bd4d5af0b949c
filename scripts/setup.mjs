// @ts-check
import './lib/node-version.mjs'
import { resolveElectron } from './electron.mjs'
import { preparePackages } from './install/packages.mjs'
import { prepareSystem } from './install/system.mjs'
import { isEntry } from './lib/entry.mjs'
import { runScript } from './lib/problem.mjs'

/**
 * Makes a fresh clone ready for everything without a window, and does nothing when it is.
 *
 * @param {{ sandbox?: boolean }} [parts]
 */
export async function setup({ sandbox = false } = {}) {
  await preparePackages()
  await prepareSystem({ sandbox })
}

/**
 * Makes a fresh clone ready for the window: also Electron and what it needs from the system.
 *
 * @param {{ screen?: boolean, sandbox?: boolean }} [parts]
 */
export async function setupWindow(parts = {}) {
  await preparePackages()
  const electron = await resolveElectron()
  await prepareSystem({ ...parts, electron: electron.path })
  return electron
}

if (isEntry(import.meta)) {
  await runScript(async () => {
    await setupWindow({ screen: true, sandbox: true })
    console.log('Everything is in place.')
  })
}
