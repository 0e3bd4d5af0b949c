import { isDeepStrictEqual } from 'node:util'
import { type Failure, FailureError, failure } from '#shared/failure.ts'
import type { BackendStatus, Discovery } from '#shared/feed/app-state.ts'
import { ProfileId } from '#shared/ids.ts'
import type { FoundServer, ModelInfo, Profile } from '#shared/profile/profile.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import type { Clock } from '../lib/clock.ts'
import { Emitter } from '../lib/emitter.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import { DEMO_ID, demoProfile, ENVIRONMENT_ID, environmentProfile } from './built-in-profiles.ts'
import { readCertificates } from './certificates.ts'
import { checkedAddress, checkedProfile } from './check-profile.ts'
import { activeProfile, defaultAfterAdding, findProfile, profileFromFound } from './choose-profile.ts'
import { type Connection, type ConnectionServices, Connections } from './connections.ts'
import type { KnownWindows } from './known-windows.ts'
import { priceKnown } from './price.ts'
import {
  loadProfileFile,
  type ProfilesToAdd,
  readProfileFile,
  saveProfileFile,
  writeProfileFile,
} from './profile-file.ts'
import { type Reach, ReachBook } from './reach.ts'

export interface ProfileServices extends ConnectionServices {
  settings: SettingsStore
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  windows: Pick<KnownWindows, 'of' | 'learn'>
  /** What went wrong in the background, where nobody waited for it. */
  onDefect(error: unknown): void
  /** Looks at the usual ports of this computer. */
  discover(): Promise<FoundServer[]>
  /** What answers at an address; null = nothing that we know. */
  identify(baseUrl: string, key: string | null, ca?: string): Promise<FoundServer | null>
}

/** It is started when it is needed, and then it answers. */
const demoReach: Reach = { reach: 'ready', failure: null, models: [], checkedAt: null }

/** Stands in for the id of a profile that is not saved yet. */
const PROBE_ID = ProfileId.parse('probe')

/** The backends that a person can choose from: from the environment, saved, built in; and how they are. */
export class ProfileStore {
  readonly #services: ProfileServices
  readonly #connections: Connections
  readonly #environment: Profile | null
  readonly #reach: ReachBook
  readonly #changes = new Emitter()
  readonly #stopListening: Unsubscribe
  /** A found server that is used without being saved. */
  #found: Profile | null = null
  /** What was chosen since the start of this process: it counts more than the environment. */
  #chosenId: ProfileId | null = null
  #saved: readonly Profile[]
  #discovery: Discovery = { state: 'idle', servers: [] }
  #discovering: Promise<void> | undefined
  /** What was last listed at an address that may be saved now. */
  #probed: { baseUrl: string; models: readonly ModelInfo[] } | null = null

  constructor(services: ProfileServices) {
    this.#services = services
    this.#connections = new Connections({
      ...services,
      onListed: (profile, models) => this.#learn(profile, models),
    })
    this.#reach = new ReachBook({
      listModels: (profile) => this.#listModels(profile),
      clock: services.clock,
      onChange: () => this.#changed(),
      // Another model may be the first one now, and a key that was missing may be there.
      onModelsChange: (id) => this.#connections.forget(id),
    })
    this.#environment = environmentProfile(services.env)
    this.#saved = services.settings.get().profiles
    this.#stopListening = services.settings.onChange(({ profiles }) => {
      this.#adopt(profiles)
      this.#changed()
    })
  }

  /** `environment` first, saved ones in order, `demo` last. */
  list(): readonly Profile[] {
    return [this.#environment, ...this.#saved, this.#found, demoProfile].filter((profile) => profile !== null)
  }

  get(id: string): Profile | undefined {
    return this.list().find((profile) => profile.id === id)
  }

  /**
   * Finds a profile by its id, its name or a prefix that fits one. `FailureError`: `not-found`, `invalid-input` (the
   * candidates).
   */
  find(wanted: string): Profile {
    return findProfile(this.list(), wanted)
  }

  /** The profile of a new chat; null = nothing is configured. */
  active(): Profile | null {
    return activeProfile(this.list(), this.#chosenId, this.#services.settings.get().defaultProfileId)
  }

  statuses(): readonly BackendStatus[] {
    return this.list().map((profile) => ({
      profile,
      origin: profile.id === ENVIRONMENT_ID ? 'environment' : profile.id === DEMO_ID ? 'built-in' : 'saved',
      ...(profile.id === DEMO_ID ? demoReach : this.#reach.of(profile.id)),
    }))
  }

  discovery(): Discovery {
    return this.#discovery
  }

  /** Whenever the list, the active profile, a status or the discovery changed. */
  onChange(listener: () => void): Unsubscribe {
    return this.#changes.on(listener)
  }

  /**
   * Adds a profile or replaces the one with its id; the first one becomes the default. A `key` is kept where `storage`
   * says. `FailureError`: `invalid-input`, `storage`.
   */
  async save(profile: Profile, secret: { key?: string; storage?: 'keychain' | 'file' } = {}): Promise<Profile> {
    if (profile.id === ENVIRONMENT_ID) {
      throw new FailureError(
        failure(
          'invalid-input',
          'This profile comes from the environment. Change OPENAI_BASE_URL, _API_KEY or _MODEL.',
        ),
      )
    }
    const { keys, settings } = this.#services
    const checked = checkedProfile(profile, this.list())
    const key = secret.key ? await keys.save(checked.id, secret.key, secret.storage) : checked.key
    const saved = { ...checked, key }
    const before = this.#saved.find(({ id }) => id === saved.id)
    await settings.update((current) => ({
      ...current,
      profiles: current.profiles.some(({ id }) => id === saved.id)
        ? current.profiles.map((other) => (other.id === saved.id ? saved : other))
        : [...current.profiles, saved],
      // Editing one chooses none.
      defaultProfileId: current.profiles.some(({ id }) => id === saved.id)
        ? current.defaultProfileId
        : defaultAfterAdding(current, saved.id),
    }))
    if (before && before.key.source !== key.source) await keys.remove(saved.id, before.key)
    if (this.#probed?.baseUrl === saved.baseUrl) await this.#learn(saved, this.#probed.models)
    this.#reset(saved.id)
    this.#changed()
    return saved
  }

  /** Adds profiles, all of them or none. Their keys are not among them. `FailureError`: `invalid-input`, `storage`. */
  async add(profiles: readonly Profile[]): Promise<void> {
    const added: Profile[] = []
    for (const profile of profiles) {
      const taken = [...this.list(), ...added]
      if (taken.some(({ id }) => id === profile.id)) {
        throw new FailureError(failure('invalid-input', `There already is a profile ${profile.id}.`))
      }
      added.push(checkedProfile(profile, [...taken, ...profiles.filter(({ id }) => id === profile.fallbackProfileId)]))
    }
    await this.#services.settings.update((current) => ({
      ...current,
      profiles: [...current.profiles, ...added],
      defaultProfileId: defaultAfterAdding(current, added[0]?.id),
    }))
  }

  /** The saved profiles as the text of a file, without keys; `left` names what looked like one. */
  exported(): { text: string; count: number; left: string[] } {
    return { ...writeProfileFile(this.#saved), count: this.#saved.length }
  }

  /** Writes profiles into a file, without keys. `FailureError`: `storage`. */
  async exportTo(path: string): Promise<ReturnType<ProfileStore['exported']>> {
    const exported = this.exported()
    await saveProfileFile(path, exported.text)
    return exported
  }

  /** What a file would add; nothing is added yet. `FailureError`: `not-found`, `invalid-input` (each bad entry). */
  async readFrom(path: string): Promise<ProfilesToAdd> {
    return readProfileFile(await loadProfileFile(path), this.list())
  }

  /** Also forgets its key. `FailureError`: `not-found`, `invalid-input` (not a saved one), `storage`. */
  async remove(id: ProfileId): Promise<void> {
    const profile = this.#existing(id)
    if (!this.#services.settings.get().profiles.some((saved) => saved.id === id)) {
      throw new FailureError(failure('invalid-input', `${profile.name} is not a saved profile and cannot be removed.`))
    }
    await this.#services.settings.update((current) => ({
      ...current,
      profiles: current.profiles.filter((saved) => saved.id !== id).map((saved) => withoutFallback(saved, id)),
      defaultProfileId: current.defaultProfileId === id ? null : current.defaultProfileId,
    }))
    await this.#services.keys.remove(id, profile.key)
  }

  /**
   * Makes it the one that a new chat gets, here and at the next start. `FailureError`: `not-found`, `storage`,
   * `invalid-input` (the demo, while there is a real one).
   */
  async use(id: ProfileId): Promise<void> {
    this.#existing(id)
    const real = id === DEMO_ID ? this.list().find((profile) => profile.id !== DEMO_ID) : undefined
    if (real) {
      const words = `The demo is for a first look: it cannot be the default while there is ${real.name}. Choose it for one chat.`
      throw new FailureError(failure('invalid-input', words))
    }
    this.#chosenId = id
    await this.#services.settings.update((current) => ({ ...current, defaultProfileId: id }))
    this.#changed()
  }

  /**
   * `needsPrice`: the server is asked what it charges, if nobody knows. `FailureError`: `not-found`, `auth`, or what the
   * server said when its models were needed.
   */
  async backendFor(id: ProfileId, overrides?: ProfileOverrides, needsPrice = false): Promise<Connection> {
    const connection = await this.#connections.for(this.#existing(id), overrides)
    const { backend, profile } = connection
    // A server may say what it charges, and has never answered this process; it may just be asked for its window.
    if (needsPrice && !priceKnown(profile) && !this.#reach.hasAnswered(id)) await this.check(id)
    const model = this.#reach.of(id).models.find((listed) => listed.id === profile.model)
    const listedWindow = (await this.#services.windows.of(profile)) ?? model?.contextWindow ?? null
    if (listedWindow === null && profile.contextWindow === undefined) this.#askForWindow(id)
    const priced = model ? withListedPrices(profile, model) : profile
    return { backend, profile: priced, ...(listedWindow !== null && { listedWindow }) }
  }

  /** Asks the server for its models; the answer is its status. Does not reject for what the server did. */
  check(id: ProfileId): Promise<void> {
    const profile = this.#existing(id)
    return id === DEMO_ID ? Promise.resolve() : this.#reach.check(profile)
  }

  /** What a call of its model says of a backend: it answered (null), or why not. */
  noteReach(id: ProfileId, failure: Failure | null): void {
    if (id !== DEMO_ID && this.get(id)) this.#reach.note(id, failure)
  }

  /** Asks those that nobody has asked since they appeared or changed. */
  async checkUnknown(): Promise<void> {
    const unknown = this.statuses().filter(({ reach }) => reach === 'unknown')
    await Promise.all(unknown.map(({ profile }) => this.check(profile.id)))
  }

  /** Looks for servers on the usual ports; who asks while it looks waits for the same answer. */
  discover(): Promise<void> {
    this.#discovering ??= this.#discover().finally(() => {
      this.#discovering = undefined
    })
    return this.#discovering
  }

  /**
   * The profile that answers from here on. With nothing configured it is the first server found on a usual port, saved
   * (window) or for this process only (terminal). null = nothing is configured and nothing was found.
   */
  async ensureActive({ save }: { save: boolean }): Promise<Profile | null> {
    const configured = this.active()
    if (configured) return configured
    await this.discover()
    // The person may have chosen something meanwhile.
    const chosen = this.active()
    if (chosen) return chosen
    const profile = profileFromFound(this.#discovery.servers, this.list())
    if (!profile) return null
    if (save) return this.save(profile)
    this.#found = profile
    this.#chosenId = profile.id
    this.#changed()
    return profile
  }

  /** What answers at an address that is not saved yet. `key`, or else the key of `profileId`. */
  async probe(probe: { baseUrl: string; key?: string; profileId?: ProfileId }): Promise<{
    server: FoundServer | null
    models: ModelInfo[]
  }> {
    const baseUrl = checkedAddress(probe.baseUrl)
    const known = probe.profileId === undefined ? undefined : this.get(probe.profileId)
    // A stored key goes only to the server it was stored for.
    const usable = known && URL.canParse(known.baseUrl) && new URL(known.baseUrl).origin === new URL(baseUrl).origin
    const key = probe.key ?? (usable ? await this.#services.keys.resolve(known) : null)
    const trusted = usable ? { caFile: known.caFile } : {}
    const ca = usable ? await readCertificates(known) : undefined
    const server = await this.#services.identify(baseUrl, key, ca)
    const kind = server?.kind ?? 'custom'
    // It has no name yet: its host is right wherever a sentence names it.
    const name = new URL(baseUrl).host
    const profile: Profile = { ...demoProfile, ...trusted, name, kind, baseUrl, model: '' }
    const models = await this.#connections.listModels({ ...profile, id: PROBE_ID }, key ?? undefined)
    this.#probed = { baseUrl, models }
    return { server, models }
  }

  async close(): Promise<void> {
    this.#stopListening()
    await this.#connections.close()
  }

  async #discover(): Promise<void> {
    this.#discovery = { ...this.#discovery, state: 'looking' }
    this.#changed()
    let servers: readonly FoundServer[] = []
    try {
      servers = await this.#services.discover()
    } finally {
      this.#discovery = { state: 'done', servers }
      this.#changed()
    }
  }

  /** Beside the call: what the server says counts from the next one on. Without a model it has just been asked. */
  #askForWindow(id: ProfileId): void {
    if (this.#existing(id).model === '' || this.#reach.of(id).reach !== 'unknown') return
    this.check(id).catch(this.#services.onDefect)
  }

  async #listModels(profile: Profile): Promise<ModelInfo[]> {
    const models = await this.#connections.listModels(profile)
    await this.#learn(profile, models)
    return models
  }

  /** Without a model, the first of the list answers. */
  async #learn({ baseUrl, model }: Profile, models: readonly ModelInfo[]): Promise<void> {
    const used = model ? models.find(({ id }) => id === model) : models[0]
    if (used?.contextWindow != null)
      await this.#services.windows.learn({ baseUrl, model: used.id }, { kind: 'listed', tokens: used.contextWindow })
  }

  /** Statuses and clients of profiles that changed or went are of no use any more. */
  #adopt(profiles: readonly Profile[]): void {
    for (const old of this.#saved) {
      if (
        !isDeepStrictEqual(
          old,
          profiles.find(({ id }) => id === old.id),
        )
      )
        this.#reset(old.id)
    }
    this.#saved = profiles
  }

  #reset(id: ProfileId): void {
    this.#reach.forget(id)
    this.#connections.forget(id)
  }

  #existing(id: ProfileId): Profile {
    const profile = this.get(id)
    if (profile) return profile
    throw new FailureError(failure('not-found', `The profile ${id} does not exist any more. Choose another.`))
  }

  #changed(): void {
    this.#changes.emit()
  }
}

function withoutFallback(profile: Profile, id: ProfileId): Profile {
  const { fallbackProfileId, ...rest } = profile
  return fallbackProfileId === id ? rest : profile
}

/** What the server charges, where it says so and the profile has no prices of its own. */
function withListedPrices(profile: Profile, model: ModelInfo): Profile {
  if (profile.inputCostPerMillion !== undefined || profile.outputCostPerMillion !== undefined) return profile
  const { inputCostPerMillion: input, outputCostPerMillion: output } = model
  if (input === null || output === null) return profile
  const cached = profile.cachedInputCostPerMillion ?? model.cachedInputCostPerMillion
  const reasoning = profile.reasoningCostPerMillion ?? model.reasoningCostPerMillion
  return {
    ...profile,
    inputCostPerMillion: input,
    outputCostPerMillion: output,
    ...(cached !== undefined && { cachedInputCostPerMillion: cached }),
    ...(reasoning !== undefined && { reasoningCostPerMillion: reasoning }),
  }
}
