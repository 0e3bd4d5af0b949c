// @ts-check
import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * What keeps Electron from sandboxing its pages, as a sentence with the way out, or null. Some kernels (Ubuntu 24.04's) let
 * only root's helper do it, and Electron then ends with a message about its helper that few can make use of.
 *
 * @param {string} electron its executable
 */
export function sandboxObstacle(electron) {
  if (process.platform !== 'linux' || process.getuid?.() === 0 || !isRestricted()) return null
  const helper = join(dirname(electron), 'chrome-sandbox')
  const info = statSync(helper, { throwIfNoEntry: false })
  if (info?.uid === 0 && (info.mode & 0o4755) === 0o4755) return null
  return (
    "This system lets Electron sandbox its pages only with root's help; allow it once with this command and try again:\n" +
    `  sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`
  )
}

function isRestricted() {
  return readSwitch('apparmor_restrict_unprivileged_userns') === '1' || readSwitch('unprivileged_userns_clone') === '0'
}

/** @param {string} name */
function readSwitch(name) {
  try {
    return readFileSync(join('/proc/sys/kernel', name), 'utf8').trim()
  } catch {
    return null
  }
}
