import { join } from 'node:path'
import { z } from 'zod'
import { FailureError, failure } from '#shared/failure.ts'
import type { SeenManifest } from '#shared/policy/policy.ts'
import { readFileIfThere, writeFileAtomic } from '../lib/atomic-file.ts'
import type { Clock } from '../lib/clock.ts'
import { storageFailure } from '../lib/storage-failure.ts'

/** What a person answered, for a path with this content. */
const Answer = z.object({ hash: z.string(), trusted: z.boolean(), at: z.number() })
export type TrustAnswer = z.infer<typeof Answer>

/** What a person answered about the instructions of a folder. */
const FolderAnswer = z.object({
  trusted: z.boolean(),
  at: z.number(),
  /** The files as they were used last: SHA-256 by path. What differs is used all the same, and named. */
  seen: z.record(z.string(), z.string()),
})
export type FolderAnswer = z.infer<typeof FolderAnswer>

const TrustFile = z.object({
  version: z.literal(1),
  files: z.record(z.string(), Answer),
  /** Files of before they were known lack them. */
  folders: z.record(z.string(), FolderAnswer).optional(),
})
type TrustFile = z.infer<typeof TrustFile>

/**
 * `trust.json` in the data folder, which no tool of the agent can reach: which manifests a person trusts, or declined, and
 * whose instructions. Each change reads the file anew, so that window, terminal and background runs share it.
 */
export class TrustStore {
  readonly path: string
  readonly #clock: Clock
  #writing: Promise<unknown> = Promise.resolve()

  constructor(dataFolder: string, clock: Clock) {
    this.path = join(dataFolder, 'trust.json')
    this.#clock = clock
  }

  /**
   * What the person answered about each manifest, by its path. `FailureError` `storage`: the file is there and cannot be
   * read; nothing is guessed then.
   */
  async answers(): Promise<ReadonlyMap<string, TrustAnswer>> {
    return new Map(Object.entries((await this.#read()).files))
  }

  /** What the person answered about folders, by their paths. `FailureError` `storage`. */
  async folders(): Promise<ReadonlyMap<string, FolderAnswer>> {
    return new Map(Object.entries((await this.#read()).folders ?? {}))
  }

  /** Keeps the person's answer about manifests as they are now. `FailureError` `storage`. */
  async answer(manifests: readonly SeenManifest[], trusted: boolean): Promise<void> {
    const at = this.#clock.now()
    const answers = Object.fromEntries(manifests.map(({ path, hash }) => [path, { hash, trusted, at }]))
    await this.#change((kept) => ({ ...kept, files: { ...kept.files, ...answers } }))
  }

  /** Keeps the person's answer about a folder, and how its files are now. `FailureError` `storage`. */
  async answerFolder(folder: string, trusted: boolean, seen: Readonly<Record<string, string>>): Promise<void> {
    const answer = { trusted, at: this.#clock.now(), seen: { ...seen } }
    await this.#change((kept) => ({ ...kept, folders: { ...kept.folders, [folder]: answer } }))
  }

  /** Keeps that these files were used as they are now; an answer that was taken back stays so. `FailureError` `storage`. */
  async noteSeen(folder: string, seen: Readonly<Record<string, string>>): Promise<void> {
    await this.#change((kept) => {
      const answer = kept.folders?.[folder]
      if (!answer) return kept
      return { ...kept, folders: { ...kept.folders, [folder]: { ...answer, seen: { ...answer.seen, ...seen } } } }
    })
  }

  /** Takes the answer about a folder back. `FailureError` `storage`. */
  async forgetFolder(folder: string): Promise<void> {
    await this.#change((kept) => ({ ...kept, folders: without(kept.folders ?? {}, [folder]) }))
  }

  /** Takes trust back, and a no too: the person is asked again. `FailureError` `storage`. */
  async forget(paths: readonly string[]): Promise<void> {
    await this.#change((kept) => ({ ...kept, files: without(kept.files, paths) }))
  }

  #change(change: (kept: TrustFile) => TrustFile): Promise<void> {
    const write = async () => {
      const changed = change(await this.#read())
      try {
        await writeFileAtomic(this.path, `${JSON.stringify(changed, null, 2)}\n`)
      } catch (error) {
        throw new FailureError(storageFailure('save what you trust', error), { cause: error })
      }
    }
    const writing = this.#writing.then(write, write)
    this.#writing = writing
    return writing
  }

  async #read(): Promise<TrustFile> {
    try {
      const text = await readFileIfThere(this.path)
      return text === null ? { version: 1, files: {} } : TrustFile.parse(JSON.parse(text))
    } catch (error) {
      throw new FailureError(
        failure(
          'storage',
          `What you trust cannot be read from ${this.path}. Repair the file, or remove it: then nothing is trusted and you are asked again.`,
        ),
        { cause: error },
      )
    }
  }
}

function without<Value>(values: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)))
}
