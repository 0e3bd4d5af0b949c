import { FailureError, failure } from '#shared/failure.ts'
import type { ModelInfo, Profile } from '#shared/profile/profile.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import type { Backend } from '../backend/contract/backend.ts'
import type { KeyStore } from '../secrets/key-store.ts'
import { DEMO_ID } from './built-in-profiles.ts'
import { readCertificates } from './certificates.ts'

/** A client and the profile that it was made for, with its model known. */
export interface Connection {
  backend: Backend
  profile: Profile
  /** Of that model as its server lists it, in tokens. */
  listedWindow?: number
}

export interface ConnectionServices {
  keys: KeyStore
  connect(options: { profile: Profile; key: string | null; ca?: string }): Backend
  startDemo(): Promise<{ baseUrl: string; close(): Promise<void> }>
}

type Services = ConnectionServices & {
  /** A server was asked for its models because the profile names none. */
  onListed(profile: Profile, models: readonly ModelInfo[]): Promise<void>
}

/** How long a server may take to list its models, in milliseconds. */
const LIST_MS = 10_000

/** One client per profile and overrides, made at first use and kept: it holds the connections to the server. */
export class Connections {
  readonly #services: Services
  readonly #open = new Map<string, { profileId: string; connection: Promise<Connection> }>()
  readonly #closing = new AbortController()
  #demo: ReturnType<ConnectionServices['startDemo']> | undefined

  constructor(services: Services) {
    this.#services = services
  }

  /**
   * The open connection of a profile, or a new one. `FailureError`: `auth` no key, or what the server said when it was asked
   * for its models.
   */
  for(profile: Profile, overrides: ProfileOverrides = {}): Promise<Connection> {
    const wanted = withOverrides(profile, overrides)
    const name = JSON.stringify(wanted)
    const known = this.#open.get(name)
    if (known) return known.connection
    const connection = this.#connect(wanted)
    const entry = { profileId: wanted.id, connection }
    this.#open.set(name, entry)
    connection.catch(() => {
      // Whoever asked hears of it; the next one who asks tries again.
      if (this.#open.get(name) === entry) this.#open.delete(name)
    })
    return connection
  }

  /** Asks with a client of its own, so that a new key or a new model counts. Rejects like `for`, or with `timeout`. */
  async listModels(profile: Profile, key?: string): Promise<ModelInfo[]> {
    const backend = await this.#client(profile, key)
    try {
      return await listModels(backend, profile, this.#closing.signal)
    } finally {
      await backend.close()
    }
  }

  /**
   * Forgets the clients of a profile: its key, its address or its models changed. They are not closed, because that
   * would break off a running call; what they hold open closes by itself when it has been idle for a few seconds.
   */
  forget(profileId: string): void {
    for (const [name, entry] of this.#open) if (entry.profileId === profileId) this.#open.delete(name)
  }

  /** Questions for models that are still open are broken off. */
  async close(): Promise<void> {
    this.#closing.abort()
    const connections = [...this.#open.values()]
    this.#open.clear()
    await Promise.allSettled(connections.map(async ({ connection }) => (await connection).backend.close()))
    await (await this.#demo)?.close()
  }

  async #connect(profile: Profile): Promise<Connection> {
    const backend = await this.#client(profile)
    if (profile.model) return { backend, profile }
    try {
      const models = await listModels(backend, profile, this.#closing.signal)
      await this.#services.onListed(profile, models)
      const [first] = models
      if (!first)
        throw new FailureError(failure('unknown-model', `${profile.name} lists no model. Load one there first.`))
      const chosen = { ...profile, model: first.id }
      // Made again: a client knows its model from the start.
      return { backend: await this.#client(chosen), profile: chosen }
    } finally {
      await backend.close()
    }
  }

  async #client(profile: Profile, newKey?: string): Promise<Backend> {
    const key = newKey ?? (await this.#services.keys.resolve(profile))
    if (profile.id !== DEMO_ID) {
      const ca = await readCertificates(profile)
      return this.#services.connect({ profile, key, ...(ca !== undefined && { ca }) })
    }
    this.#demo ??= this.#services.startDemo()
    return this.#services.connect({ profile: { ...profile, baseUrl: (await this.#demo).baseUrl }, key })
  }
}

async function listModels(backend: Backend, profile: Profile, closing: AbortSignal): Promise<ModelInfo[]> {
  const timeout = AbortSignal.timeout(LIST_MS)
  try {
    return await backend.listModels(AbortSignal.any([timeout, closing]))
  } catch (error) {
    if (!timeout.aborted || closing.aborted) throw error
    const message = `${profile.name} did not list its models within ${LIST_MS / 1000} seconds. Is it busy?`
    throw new FailureError(failure('timeout', message, { retryable: true }), { cause: error })
  }
}

function withOverrides(profile: Profile, overrides: ProfileOverrides): Profile {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined)
  return { ...profile, ...Object.fromEntries(given) }
}
