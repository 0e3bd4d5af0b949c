import { join } from 'node:path'
import { z } from 'zod'
import type { Profile } from '#shared/profile/profile.ts'
import { serverRoot } from '../backend/contract/server-root.ts'
import { readFileIfThere, writeFileAtomic } from '../lib/atomic-file.ts'

/** What was found out about the window of a model: the server listed it, or refused more. Tokens. */
export type LearnedWindow = { kind: 'listed' | 'refused'; tokens: number }

type Address = Pick<Profile, 'baseUrl' | 'model'>

const tokens = z.number().int().positive()
const Known = z.object({
  baseUrl: z.string(),
  model: z.string(),
  listed: tokens.optional(),
  refused: tokens.optional(),
})
type Known = z.infer<typeof Known>
const File = z.object({ windows: z.array(Known) })

/** So many are kept; the one that was learned longest ago goes first. */
const KEPT = 200

/**
 * The windows of models as servers listed or refused them, by address and model, on the disk: a terminal and a background
 * run know them from the start. It is a memory and no record: what cannot be read or written is learned again.
 */
export class KnownWindows {
  readonly #path: string
  #writing: Promise<void> = Promise.resolve()

  constructor(dataFolder: string) {
    this.#path = join(dataFolder, 'windows.json')
  }

  /** Tokens; null = nobody has found out. What was refused counts until the server lists another window. */
  async of(profile: Address): Promise<number | null> {
    const known = (await this.#read()).find((one) => isSame(one, profile))
    return known?.refused ?? known?.listed ?? null
  }

  /** Remembers what was learned of the window of a model. Resolves when it is kept. */
  learn(profile: Address, learned: LearnedWindow): Promise<void> {
    // One after the other: each writes what it read.
    this.#writing = this.#writing.then(() => this.#learn(profile, learned))
    return this.#writing
  }

  /** Waits for what is being written: resolves when all that was learned is kept. */
  async close(): Promise<void> {
    await this.#writing
  }

  async #learn({ baseUrl, model }: Address, learned: LearnedWindow): Promise<void> {
    const all = await this.#read()
    const { listed, refused } = all.find((one) => isSame(one, { baseUrl, model })) ?? {}
    const isListed = learned.kind === 'listed'
    if (learned.tokens === (isListed ? listed : refused)) return
    // Another window than before: the server was started anew, and what it refused then says nothing.
    const next: Known = {
      baseUrl,
      model,
      ...(isListed ? { listed: learned.tokens } : { ...(listed && { listed }), refused: learned.tokens }),
    }
    const others = all.filter((one) => !isSame(one, next))
    const text = JSON.stringify({ windows: [...others, next].slice(-KEPT) } satisfies z.infer<typeof File>)
    // Where there is no room for it, it is learned again.
    await writeFileAtomic(this.#path, text, { flush: false }).catch(() => undefined)
  }

  async #read(): Promise<Known[]> {
    try {
      return File.parse(JSON.parse((await readFileIfThere(this.#path)) ?? '{"windows":[]}')).windows
    } catch {
      // Damaged, or not to be read: it is learned again.
      return []
    }
  }
}

function isSame(one: Address, other: Address): boolean {
  return one.model === other.model && plain(one.baseUrl) === plain(other.baseUrl)
}

/** The `/v1` may be missing where the server is found all the same. */
function plain(baseUrl: string): string {
  return serverRoot(baseUrl.replace(/\/+$/, ''))
}
