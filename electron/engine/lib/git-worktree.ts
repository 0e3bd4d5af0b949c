import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { unlessShort } from './unless-short.ts'

/** A folder that shares its repository with another one (`git worktree add`). Real paths. */
export interface LinkedWorktree {
  /** The file `.git` in the folder. */
  link: string
  /** What git keeps for this folder alone: its index and its HEAD. */
  own: string
  /** The `.git` folder of the repository. */
  common: string
}

/**
 * The linked worktree that a folder is; null = a repository of its own, or none. The link has to be mutual: a folder that
 * merely claims to belong to a repository gets nothing of it.
 */
export async function linkedWorktree(folder: string): Promise<LinkedWorktree | null> {
  const link = join(folder, '.git')
  try {
    if (!(await stat(link)).isFile()) return null
    const [, named] = /^gitdir: (.+)$/m.exec(await readFile(link, 'utf8')) ?? []
    if (!named) return null
    const own = await realpath(resolve(folder, named.trim()))
    const back = await realpath(resolve(own, (await readFile(join(own, 'gitdir'), 'utf8')).trim()))
    const common = await realpath(resolve(own, (await readFile(join(own, 'commondir'), 'utf8')).trim()))
    const isItsOwn = back === (await realpath(link)) && dirname(own) === join(common, 'worktrees')
    return isItsOwn ? { link, own, common } : null
  } catch (error) {
    // No repository, one that is gone, or a submodule, which has no way back.
    return unlessShort(null)(error)
  }
}
