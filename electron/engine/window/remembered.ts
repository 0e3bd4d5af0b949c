import { join } from 'node:path'
import { FailureError } from '#shared/failure.ts'
import { isRecord, parseJson } from '#shared/lib/json.ts'
import { WindowMemory, type WindowMemoryChange } from '#shared/settings/window-memory.ts'
import { readFileIfThere, writeFileAtomic } from '../lib/atomic-file.ts'
import { storageFailure } from '../lib/storage-failure.ts'

const emptyMemory: WindowMemory = {
  drafts: {},
  newChat: { folder: null, profileId: null, permissions: null },
  open: null,
  unseen: [],
}

/** What the window keeps beyond its own life, in one small file: drafts, and the chat that was open. */
export class RememberedWindow {
  readonly #path: string
  #memory: WindowMemory | null = null
  #reading: Promise<WindowMemory> | null = null
  #writing: Promise<void> = Promise.resolve()
  /** A write that has not begun: it takes along what comes until then. */
  #waiting: Promise<void> | null = null

  constructor(dataFolder: string) {
    this.#path = join(dataFolder, 'window-memory.json')
  }

  /** What was kept. A file that is missing or damaged is as if nothing was kept. `FailureError` `storage`. */
  async recall(): Promise<WindowMemory> {
    this.#reading ??= read(this.#path)
    try {
      const found = await this.#reading
      // It may have been changed while it was read.
      this.#memory ??= found
      return this.#memory
    } catch (error) {
      this.#reading = null
      throw new FailureError(storageFailure('read what was written and not sent', error), { cause: error })
    }
  }

  /**
   * Keeps what the window remembers. Resolves when it is on the disk; drafts that are not named stay. `FailureError`
   * `storage`.
   */
  async remember({ drafts, ...others }: WindowMemoryChange): Promise<void> {
    await this.recall()
    // Read now and not before the wait: another change may have come meanwhile.
    const before = this.#memory ?? emptyMemory
    const kept = Object.entries({ ...before.drafts, ...drafts }).filter(([, text]) => text.trim() !== '')
    const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined))
    this.#memory = { ...before, ...given, drafts: Object.fromEntries(kept) }
    await this.#save()
  }

  /** Nothing of a chat that is gone is kept. */
  async forget(place: string): Promise<void> {
    const { drafts, open, unseen } = await this.recall()
    if (place in drafts || open === place || unseen.some((id) => id === place))
      await this.remember({
        drafts: { [place]: '' },
        open: open === place ? null : open,
        unseen: unseen.filter((id) => id !== place),
      })
  }

  #save(): Promise<void> {
    this.#waiting ??= this.#writing.then(() => {
      this.#waiting = null
      this.#writing = this.#write()
      return this.#writing
    })
    return this.#waiting
  }

  async #write(): Promise<void> {
    try {
      await writeFileAtomic(this.#path, JSON.stringify(await this.recall()), { flush: false })
    } catch (error) {
      this.#writing = Promise.resolve()
      throw new FailureError(storageFailure('keep what was written and not sent', error), { cause: error })
    }
  }
}

async function read(path: string): Promise<WindowMemory> {
  const text = await readFileIfThere(path)
  if (text === null) return emptyMemory
  const memory = WindowMemory.safeParse({ ...emptyMemory, ...objectIn(text) })
  return memory.success ? memory.data : emptyMemory
}

/** Damaged is like missing: a draft is worth no question at the start. */
function objectIn(text: string): object {
  const value = parseJson(text)
  return isRecord(value) ? value : {}
}
