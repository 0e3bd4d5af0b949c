import { fileURLToPath } from 'node:url'
import { parseJson } from '#shared/lib/json.ts'

/** A path as it was written, and what it means where it was written as something around a path. */
export function spellingsOf(path: string): string[] {
  const trimmed = path.trim()
  const bare = /^([`"']).+\1$/s.test(trimmed) ? trimmed.slice(1, -1) : trimmed
  const spellings = [path, trimmed, bare]
  if (trimmed.startsWith('"')) spellings.push(fromQuoted(trimmed))
  if (bare.startsWith('@')) spellings.push(bare.slice(1))
  if (bare.startsWith('file://')) spellings.push(fromUrl(bare))
  return [...new Set(spellings.filter((spelling) => spelling !== ''))]
}

/** How a file is called that is not there yet: an `@` in front may be meant, what is around a path is not. */
export function newFileSpelling(path: string): string {
  const bare = spellingsOf(path).find((spelling) => !/^[\s`"']|\s$/.test(spelling)) ?? path
  return bare.startsWith('file://') ? fromUrl(bare) : bare
}

/** As a list shows a name with a line break in it. */
function fromQuoted(text: string): string {
  const value = parseJson(text)
  return typeof value === 'string' ? value : text
}

function fromUrl(url: string): string {
  try {
    return fileURLToPath(url)
  } catch {
    // With a host, or a `%` that is none: what stands behind it may still be a path.
    return url.slice('file://'.length)
  }
}
