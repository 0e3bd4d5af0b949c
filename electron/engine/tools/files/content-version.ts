import { createHash } from 'node:crypto'

/** Characters of the hash: enough to tell the versions of one file apart. */
export const VERSION_LENGTH = 16

/** A short name for the content of a file: the same for the same bytes, on every machine. */
export function contentVersion(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, VERSION_LENGTH)
}
