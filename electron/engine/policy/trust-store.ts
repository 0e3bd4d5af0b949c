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

const TrustFile = z.object({ version: z.literal(1), files: z.record(z.string(), Answer) })

/**
 * `trust.json` in the data folder, which no tool of the agent can reach: which manifests a person trusts, or declined.
 * Written by the window and the terminal; each change reads the file anew.
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
    return new Map(Object.entries(await this.#read()))
  }

  /** Keeps the person's answer about manifests as they are now. `FailureError` `storage`. */
  async answer(manifests: readonly SeenManifest[], trusted: boolean): Promise<void> {
    const at = this.#clock.now()
    await this.#change((files) => ({
      ...files,
      ...Object.fromEntries(manifests.map(({ path, hash }) => [path, { hash, trusted, at }])),
    }))
  }

  /** Takes trust back, and a no too: the person is asked again. `FailureError` `storage`. */
  async forget(paths: readonly string[]): Promise<void> {
    await this.#change((files) => Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path))))
  }

  #change(change: (files: Record<string, TrustAnswer>) => Record<string, TrustAnswer>): Promise<void> {
    const write = async () => {
      const files = change(await this.#read())
      try {
        await writeFileAtomic(this.path, `${JSON.stringify({ version: 1, files }, null, 2)}\n`)
      } catch (error) {
        throw new FailureError(storageFailure('save what you trust', error), { cause: error })
      }
    }
    const writing = this.#writing.then(write, write)
    this.#writing = writing
    return writing
  }

  async #read(): Promise<Record<string, TrustAnswer>> {
    try {
      const text = await readFileIfThere(this.path)
      return text === null ? {} : TrustFile.parse(JSON.parse(text)).files
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
