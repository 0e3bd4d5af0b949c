import { lstat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { linkedWorktree } from '../lib/git-worktree.ts'
import { unlessShort } from '../lib/unless-short.ts'

/** Where instructions for work in a folder are looked for. Real paths. */
export interface InstructionPlaces {
  /** What the files lie in, and no link or import leads out of: the top of the repository, or the folder itself. */
  top: string
  /** From the top down to the folder. */
  folders: readonly string[]
}

/** In one folder the first that is there counts. */
export const INSTRUCTION_NAMES = ['AGENTS.md', 'CLAUDE.md'] as const

/** Looks upwards for the repository that a real folder lies in. */
export async function instructionPlaces(folder: string): Promise<InstructionPlaces> {
  const way = [folder]
  for (let above = dirname(folder); above !== way[0]; above = dirname(above)) way.unshift(above)
  const tops = await Promise.all(way.map((place) => isThere(`${place}/.git`)))
  const at = tops.lastIndexOf(true)
  return at < 0 ? { top: folder, folders: [folder] } : { top: way[at] ?? folder, folders: way.slice(at) }
}

/**
 * The folder that trust is given to. A worktree is that of its repository: whoever trusts the one trusts the other. The
 * link has to be mutual, so that no folder can claim the trust of another. Rejects with the
 * system's error where this process is short of descriptors.
 */
export async function trustedFolderOf(top: string): Promise<string> {
  const worktree = await linkedWorktree(top)
  return worktree !== null && basename(worktree.common) === '.git' ? dirname(worktree.common) : top
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(() => true, unlessShort(false))
}
