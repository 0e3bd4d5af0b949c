import { lstat, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { unlessShort } from '../lib/unless-short.ts'
import { expandImports } from './expand-imports.ts'
import { INSTRUCTION_NAMES } from './instruction-places.ts'
import { readInstructions } from './read-instructions.ts'

/** A file of instructions that is there. */
export interface FoundFile {
  path: string
  /** The person's own, in the data folder. */
  isOwn: boolean
  sha256: string
  bytes: number
  /** When it was changed last, in milliseconds since 1970. */
  changedAt: number
  /** With its imports; empty where it cannot be taken. */
  text: string
  /** Why it cannot be taken; null = it can. */
  problem: string | null
  /** Imports that were not followed, with the reason. */
  importProblems: readonly string[]
}

/**
 * Reads the file of each folder, in their order; most have none. No link and no import leads out of `top`, but the person's
 * own file (`isOwn`) may itself lie elsewhere.
 */
export async function findInstructions(top: string, folders: readonly string[], isOwn = false): Promise<FoundFile[]> {
  const found = await Promise.all(folders.map((folder) => findIn(folder, top, isOwn)))
  return found.filter((file) => file !== null)
}

async function findIn(folder: string, top: string, isOwn: boolean): Promise<FoundFile | null> {
  const paths = INSTRUCTION_NAMES.slice(0, isOwn ? 1 : undefined).map((name) => join(folder, name))
  const there = await Promise.all(paths.map((path) => lstat(path).catch(unlessShort(null))))
  const at = there.findIndex((stats) => stats !== null && !stats.isDirectory())
  const path = paths[at]
  if (path === undefined) return null
  const changedAt = there[at]?.ctimeMs ?? 0
  const file = await readInstructions(path, isOwn ? null : top)
  const same = { path, isOwn, changedAt }
  if (file.kind === 'none') {
    const problem = 'is a link to nothing'
    return { ...same, sha256: '', bytes: 0, text: '', problem, importProblems: [] }
  }
  const { sha256, bytes } = file
  if (file.kind === 'refused') return { ...same, sha256, bytes, text: '', problem: file.problem, importProblems: [] }
  const within = isOwn ? await realpath(top) : top
  // A link to a file elsewhere: its imports are still looked for beside the link.
  const { text, problems } = await expandImports(
    { real: isOwn ? join(within, INSTRUCTION_NAMES[0]) : file.real, text: file.text },
    { within, isOwn },
  )
  return { ...same, sha256, bytes, text, problem: null, importProblems: problems }
}
