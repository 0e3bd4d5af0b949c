import { join } from 'node:path'
import { z } from 'zod'
import { readFileIfThere, writeFileAtomic } from '../lib/atomic-file.ts'

const Keys = z.record(z.string(), z.string())

/** Keys by profile in a file that only the user can read: for machines without a keychain, after the user said yes. */
export class KeyFile {
  readonly #path: string
  #last: Promise<unknown> = Promise.resolve()

  constructor(dataFolder: string) {
    this.#path = join(dataFolder, 'keys.json')
  }

  /**
   * Reads the key of a profile; null = the file has none. Rejects with the system's error, or a `SyntaxError`/`ZodError` for a
   * damaged file.
   */
  async read(profileId: string): Promise<string | null> {
    return (await this.#all())[profileId] ?? null
  }

  /** `null` removes it. */
  write(profileId: string, key: string | null): Promise<void> {
    const change = async () => {
      const { [profileId]: _old, ...others } = await this.#all()
      await writeFileAtomic(this.#path, JSON.stringify(key === null ? others : { ...others, [profileId]: key }))
    }
    // One after the other, also after one that failed.
    const done = this.#last.then(change, change)
    this.#last = done
    return done
  }

  async #all(): Promise<Record<string, string>> {
    const text = await readFileIfThere(this.#path)
    return text === null ? {} : Keys.parse(JSON.parse(text))
  }
}
