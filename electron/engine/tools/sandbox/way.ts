import { lstat, readlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errorCode } from '../../lib/storage-failure.ts'

/** How a path leads to what it names: the links on the way, and the path that is none. */
export interface Way {
  links: { path: string; target: string }[]
  real: string
  isFolder: boolean
}

/** As many as the kernel follows. */
const MOST_LINKS = 40

/**
 * Follows an absolute path link by link. Resolves with null where there is nothing, and where the way leads through what
 * `mayBeForged` names: a command could have made a link there that leads anywhere.
 */
export async function wayTo(path: string, mayBeForged: (path: string) => boolean): Promise<Way | null> {
  const links: Way['links'] = []
  let rest = resolve(path).split('/').filter(Boolean)
  let at = '/'
  let isFolder = true
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const next = join(at, name)
    if (mayBeForged(next)) return null
    const entry = await lstat(next).catch(nothingThere)
    if (!entry) return null
    isFolder = entry.isDirectory()
    if (!entry.isSymbolicLink()) {
      at = next
      continue
    }
    if (links.length >= MOST_LINKS) return null
    const target = await readlink(next)
    links.push({ path: next, target })
    rest = [...resolve(dirname(next), target).split('/').filter(Boolean), ...rest]
    at = '/'
  }
  return { links, real: at, isFolder }
}

/** What stands at the path itself, links not followed; null = nothing. */
export async function entryAt(path: string): Promise<'file' | 'folder' | 'link' | 'other' | null> {
  const entry = await lstat(path).catch(nothingThere)
  if (!entry) return null
  if (entry.isSymbolicLink()) return 'link'
  return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other'
}

function nothingThere(error: unknown): null {
  const code = errorCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'ELOOP' || code === 'ENAMETOOLONG') {
    return null
  }
  throw error
}
