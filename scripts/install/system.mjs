// @ts-check
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { cacheFolder } from '../lib/paths.mjs'
import { notice, Problem } from '../lib/problem.mjs'
import { isOnPath, run } from '../lib/run.mjs'
import { hasApt, installPackages, isRoot, packageNames } from './apt.mjs'
import { missingLibraries, packagesFor } from './system-packages.mjs'

/**
 * @typedef {object} Needs
 * @property {string} [electron] the executable whose libraries have to be there
 * @property {boolean} [screen] a screen for tests that open windows, and a bus for their tray and notifications
 * @property {boolean} [sandbox] what the shell tool runs commands in; everything works without it, less safely
 */

/**
 * Puts the system's part in place on Linux: installs it where that is possible without asking (root on Debian or Ubuntu)
 * and otherwise says which one command does it.
 *
 * @param {Needs} needs
 */
export async function prepareSystem(needs) {
  if (process.platform !== 'linux') return
  const { wanted, unknown } = packagesFor(needs.electron ? await librariesMissedBy(needs.electron) : [])
  if (needs.electron && !hasFont()) wanted.push(['fonts-dejavu-core'], ['fonts-liberation'])
  if (needs.screen && !isOnPath('Xvfb')) wanted.push(['xvfb'])
  if (needs.screen && !isOnPath('dbus-daemon')) wanted.push(['dbus'])
  if (needs.screen && !(await hasLibrary('libnotify.so.4'))) wanted.push(['libnotify4'])
  if (wanted.length > 0 || unknown.length > 0) await provide(wanted, unknown)
  if (needs.sandbox && !isOnPath('bwrap') && isRoot() && hasApt()) await tryBubblewrap()
}

/**
 * @param {string[][]} wanted
 * @param {string[]} unknown
 */
async function provide(wanted, unknown) {
  if (unknown.length > 0 || !hasApt()) {
    const things = [...unknown, ...wanted.map((names) => names.at(-1))].join(', ')
    throw new Problem(
      `Electron needs these from your system, under Debian's names: ${things}. Install them and try again.`,
    )
  }
  if (!isRoot()) {
    const { names } = await packageNames(wanted)
    throw new Problem(
      'Some system packages are missing; install them with this command and try again:\n' +
        `  sudo apt-get update && sudo apt-get install -y ${names.join(' ')}`,
    )
  }
  const failure = await installPackages(wanted, (names) => notice(`Installing system packages: ${names.join(' ')}…`))
  if (failure !== null) {
    const { names } = await packageNames(wanted)
    throw new Problem(
      `The system packages could not be installed (${failure}); install them with this command and try again:\n` +
        `  apt-get update && apt-get install -y ${names.join(' ')}`,
    )
  }
}

/**
 * For what Electron loads only when it is asked for, so that `ldd` does not name it.
 *
 * @param {string} library
 */
async function hasLibrary(library) {
  const ldconfig = isOnPath('ldconfig') ? 'ldconfig' : '/sbin/ldconfig'
  return (await run(ldconfig, ['-p'])).output.includes(library)
}

/** @param {string} executable */
async function librariesMissedBy(executable) {
  return missingLibraries((await run('ldd', [executable])).output)
}

/** Nothing may depend on it, so a failure is only remembered, lest every start waits for it again. */
async function tryBubblewrap() {
  const failed = join(cacheFolder(), 'no-bubblewrap')
  const info = statSync(failed, { throwIfNoEntry: false })
  if (info && Date.now() - info.mtimeMs < 24 * 60 * 60_000) return
  const failure = await installPackages([['bubblewrap']], () =>
    notice('Installing bubblewrap, the sandbox for commands…'),
  )
  if (failure === null) return
  mkdirSync(dirname(failed), { recursive: true })
  writeFileSync(failed, failure)
}

function hasFont() {
  const data = process.env.XDG_DATA_HOME || join(homedir(), '.local/share')
  return ['/usr/share/fonts', '/usr/local/share/fonts', join(data, 'fonts'), join(homedir(), '.fonts')].some(holdsFont)
}

/**
 * @param {string} folder
 * @returns {boolean}
 */
function holdsFont(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true }).some(
      (entry) => /\.(ttf|otf|ttc)$/i.test(entry.name) || (entry.isDirectory() && holdsFont(join(folder, entry.name))),
    )
  } catch {
    return false
  }
}
