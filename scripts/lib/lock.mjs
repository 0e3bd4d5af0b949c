// @ts-check
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const longestWorkMs = 20 * 60_000

/**
 * Runs `work` while no other process on this machine runs work under the same name. Whoever waited should look again
 * whether anything is left to do.
 *
 * @template T
 * @param {string} lockFolder
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(lockFolder, work) {
  mkdirSync(dirname(lockFolder), { recursive: true })
  while (!take(lockFolder)) {
    if (isAbandoned(lockFolder)) discard(lockFolder)
    else await sleep(100)
  }
  try {
    return await work()
  } finally {
    rmSync(lockFolder, { recursive: true, force: true })
  }
}

/** @param {string} lockFolder */
function take(lockFolder) {
  try {
    mkdirSync(lockFolder)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  writeFileSync(join(lockFolder, 'pid'), String(process.pid))
  return true
}

/** @param {string} lockFolder */
function isAbandoned(lockFolder) {
  try {
    const ageMs = Date.now() - statSync(lockFolder).mtimeMs
    if (ageMs > longestWorkMs) return true
    const pid = Number(readFileSync(join(lockFolder, 'pid'), 'utf8'))
    return pid > 0 && !isRunning(pid)
  } catch (error) {
    // The owner is between making the folder and writing its number, or has just left.
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** @param {string} lockFolder */
function discard(lockFolder) {
  const aside = `${lockFolder}.${process.pid}`
  try {
    renameSync(lockFolder, aside)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  rmSync(aside, { recursive: true, force: true })
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error)?.code
