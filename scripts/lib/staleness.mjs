// @ts-check
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lockfile
 */

/**
 * Whether node_modules holds what package-lock.json asks for, going by the list npm keeps inside node_modules. Compares
 * what they say and not their dates, which a checkout or a copy changes.
 *
 * @param {Lockfile} wanted
 * @param {Lockfile | null} installed
 */
export function isInstalled(wanted, installed) {
  if (installed === null) return false
  for (const [path, entry] of Object.entries(wanted.packages)) {
    const there = installed.packages[path]
    if (path === '' || (there === undefined && entry.optional)) continue
    if (there?.version !== entry.version || there?.integrity !== entry.integrity) return false
  }
  return Object.keys(installed.packages).every((path) => path in wanted.packages)
}

/**
 * The time of the last change below these files and folders, in milliseconds; 0 when none exists. The folders' own times
 * count, which is how a deleted file shows.
 *
 * @param {string[]} paths
 * @returns {number}
 */
export function newestChange(paths) {
  let newest = 0
  for (const path of paths) {
    const info = lstatSync(path, { throwIfNoEntry: false })
    if (info === undefined) continue
    const below = info.isDirectory() ? newestChange(sourcesIn(path)) : 0
    newest = Math.max(newest, info.mtimeMs, below)
  }
  return newest
}

/** @param {string} folder */
function sourcesIn(folder) {
  return readdirSync(folder)
    .filter((name) => name !== 'node_modules' && !/\.test\.tsx?$/.test(name))
    .map((name) => join(folder, name))
}
