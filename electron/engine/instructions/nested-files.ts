import type { Dirent } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { INSTRUCTION_NAMES } from './instruction-places.ts'

const DEEPEST = 4
const MOST_FOLDERS = 300
/** Of one folder: what has more is made by a program. */
const MOST_ENTRIES = 1000
export const MOST_NESTED = 20

/** Made by programs, or of others. */
const SKIPPED = new Set([
  'node_modules',
  'vendor',
  'third_party',
  'target',
  'build',
  'dist',
  'out',
  'venv',
  '__pycache__',
])

/**
 * Instructions in folders below, by path alone, the nearest first. The look is bounded: so many folders, so deep, no
 * hidden ones and no links; what cannot be read has none. The same folder gives the same paths in the same order.
 */
export async function nestedFiles(folder: string): Promise<string[]> {
  const found: string[] = []
  let level = [folder]
  let folders = 0
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth++) {
    const below: string[] = []
    for (const place of level) {
      if (folders++ >= MOST_FOLDERS || found.length >= MOST_NESTED) return found
      const entries = await entriesOf(place)
      const name = INSTRUCTION_NAMES.find((one) => entries.some((entry) => entry.name === one && entry.isFile()))
      if (name !== undefined && depth > 0) found.push(join(place, name))
      below.push(...entries.filter(isLookedInto).map((entry) => join(place, entry.name)))
    }
    level = below
  }
  return found
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries: Dirent[] = []
  try {
    for await (const entry of await opendir(folder)) {
      entries.push(entry)
      if (entries.length >= MOST_ENTRIES) break
    }
  } catch {
    // Not ours to see, or gone meanwhile.
    return []
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function isLookedInto(entry: Dirent): boolean {
  return entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)
}
