import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, constants, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { FailureError, failure } from '#shared/failure.ts'
import { visibleText } from '#shared/lib/visible-text.ts'
import { type Content, type ImagePart, imagesIn } from '#shared/session/content.ts'
import { writeFileAtomic } from '../lib/atomic-file.ts'
import { errorCode, storageFailure } from '../lib/storage-failure.ts'

/** The largest image that is taken; servers refuse larger ones. Bytes. */
const LARGEST = 20_000_000
/** How old a file must be before it counts as left over by a process that died while it wrote. Milliseconds. */
const LEFT_OVER_MS = 60_000

/** The bytes of images, each once, by their hash: `blobs/<sha256>` beside the journals that name them. */
export class Blobs {
  readonly folder: string

  constructor(sessionsFolder: string) {
    this.folder = join(sessionsFolder, 'blobs')
  }

  /** Keeps an image for a message. `FailureError`: `invalid-input` it is none that models read, or too large; `storage`. */
  async addImage(bytes: Uint8Array, name: string): Promise<ImagePart> {
    const mediaType = mediaTypeOf(bytes)
    if (!mediaType) throw new FailureError(noImage)
    if (bytes.length > LARGEST) throw new FailureError(tooLarge)
    const blob = createHash('sha256').update(bytes).digest('hex')
    try {
      await writeFileAtomic(join(this.folder, blob), bytes)
    } catch (error) {
      throw new FailureError(storageFailure('keep the image', error), { cause: error })
    }
    const shown = visibleText(basename(name)).slice(0, 200)
    return { type: 'image', blob, mediaType, name: shown || 'image', bytes: bytes.length }
  }

  /**
   * Checks that the images of a content can be read. `FailureError`: `not-found` one is not there any more, `storage` one
   * cannot be read.
   */
  async assertReadable(content: Content): Promise<void> {
    if (typeof content === 'string') return
    for (const { blob, name } of imagesIn(content)) {
      try {
        await access(join(this.folder, blob), constants.R_OK)
      } catch (error) {
        const told =
          errorCode(error) === 'ENOENT'
            ? failure('not-found', `The image ${name} is not there any more. Add it again.`)
            : storageFailure(`read the image ${name}`, error)
        throw new FailureError(told, { cause: error })
      }
    }
  }

  /**
   * The bytes of images by their names, in base64, as requests carry them. One that is gone is left out. `FailureError`
   * `storage`.
   */
  async base64(blobs: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    for (const blob of new Set(blobs)) {
      try {
        found.set(blob, await readFile(join(this.folder, blob), 'base64'))
      } catch (error) {
        if (errorCode(error) !== 'ENOENT')
          throw new FailureError(storageFailure('read an image', error), { cause: error })
      }
    }
    return found
  }

  /** Removes those of these blobs that none of the journals names. Rejects with the system's error. */
  async removeUnnamed(blobs: ReadonlySet<string>, journals: readonly string[]): Promise<void> {
    const unnamed = new Set(blobs)
    for (const path of journals) {
      if (unnamed.size === 0) return
      for (const blob of await blobsNamedIn(path)) unnamed.delete(blob)
    }
    for (const blob of unnamed) await rm(join(this.folder, blob), { force: true })
  }

  /** Removes what processes left behind that died while they wrote. Rejects with the system's error. */
  async sweep(now: number): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (!name.endsWith('.tmp')) continue
      const path = join(this.folder, name)
      // Another process was faster.
      const made = await stat(path).catch(() => null)
      if (made && now - made.mtimeMs > LEFT_OVER_MS) await rm(path, { force: true })
    }
  }
}

/** The blobs that a journal names; none in one without parts, which is told by its first bytes. A journal that is gone names none. */
export async function blobsNamedIn(path: string): Promise<ReadonlySet<string>> {
  const named = new Set<string>()
  try {
    if (!(await beginning(path)).includes('"version":2,')) return named
    let rest = ''
    for await (const chunk of createReadStream(path, 'latin1') as AsyncIterable<string>) {
      const text = rest + chunk
      for (const [, blob] of text.matchAll(/"blob":"([0-9a-f]{64})"/g)) if (blob) named.add(blob)
      rest = text.slice(-80)
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
  return named
}

async function beginning(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(200), 0, 200, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** What the bytes say, whatever the name does. */
function mediaTypeOf(bytes: Uint8Array): ImagePart['mediaType'] | null {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(start)) return 'image/gif'
  if (/^RIFF.{4}WEBP/s.test(start)) return 'image/webp'
  return null
}

const noImage = failure('invalid-input', 'This is no PNG, JPEG, GIF or WebP image, and models read no others.')
const tooLarge = failure('invalid-input', `An image may have ${LARGEST / 1_000_000} MB at most. Make it smaller.`)
