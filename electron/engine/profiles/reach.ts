import { isDeepStrictEqual } from 'node:util'
import { type Failure, type FailureCode, FailureError } from '#shared/failure.ts'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import type { ProfileId } from '#shared/ids.ts'
import type { ModelInfo, Profile } from '#shared/profile/profile.ts'
import type { Clock } from '../lib/clock.ts'

/** How a backend is, as far as anybody asked. */
export type Reach = Pick<BackendStatus, 'reach' | 'failure' | 'models' | 'checkedAt'>

const unknownReach: Reach = { reach: 'unknown', failure: null, models: [], checkedAt: null }

export interface ReachOptions {
  /** Rejects with `FailureError` for what the server did. */
  listModels(profile: Profile): Promise<ModelInfo[]>
  clock: Clock
  onChange(): void
  /** It was asked before and answers differently now. */
  onModelsChange(id: ProfileId): void
}

/** Failures of the server, its address or its key; all others are about one request. */
const brokenCodes: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'unreachable',
  'transport',
  'stream-truncated',
  'timeout',
  'auth',
  'credits',
  'unknown-model',
  'tools-unsupported',
  'overloaded',
  'server-error',
])

interface Check {
  done: Promise<void>
}

/** Remembers what each server said when it was last asked for its models. */
export class ReachBook {
  readonly #options: ReachOptions
  readonly #known = new Map<ProfileId, Reach>()
  readonly #checks = new Map<ProfileId, Check>()

  constructor(options: ReachOptions) {
    this.#options = options
  }

  of(id: ProfileId): Reach {
    return this.#known.get(id) ?? unknownReach
  }

  /** Whether anything is known of it: a look has ended, or a call. */
  hasAnswered(id: ProfileId): boolean {
    return this.of(id).checkedAt !== null
  }

  /** Asks the server; who asks while it is being asked waits for the same answer. */
  check(profile: Profile): Promise<void> {
    const { id } = profile
    const running = this.#checks.get(id)
    if (running) return running.done
    const check: Check = { done: Promise.resolve() }
    this.#checks.set(id, check)
    const counts = () => this.#checks.get(id) === check
    check.done = this.#check(profile, counts).finally(() => {
      if (counts()) this.#checks.delete(id)
    })
    return check.done
  }

  /**
   * What a call of its model says of a server: it answered (null), or why not. Only what a person would call a backend that
   * does not work counts; a check that is under way knows better.
   */
  note(id: ProfileId, value: Failure | null): void {
    const old = this.of(id)
    if (this.#checks.has(id) || (value === null && old.reach !== 'failed')) return
    if (value !== null && !brokenCodes.has(value.code)) return
    this.#set(id, { ...old, reach: value ? 'failed' : 'ready', failure: value, checkedAt: this.#options.clock.now() })
  }

  /** The profile changed or went: what is known, and an answer that is still to come, are of no use. */
  forget(id: ProfileId): void {
    this.#known.delete(id)
    this.#checks.delete(id)
  }

  async #check(profile: Profile, counts: () => boolean): Promise<void> {
    const { clock, onModelsChange } = this.#options
    const old = this.of(profile.id)
    this.#set(profile.id, { ...old, reach: 'checking' })
    const answer = await this.#ask(profile)
    if (!counts()) return
    if (old.checkedAt !== null && !isDeepStrictEqual(answer.models, old.models)) onModelsChange(profile.id)
    this.#set(profile.id, { ...answer, checkedAt: clock.now() })
  }

  async #ask(profile: Profile): Promise<Omit<Reach, 'checkedAt'>> {
    try {
      return { reach: 'ready', failure: null, models: await this.#options.listModels(profile) }
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      return { reach: 'failed', failure: error.failure, models: [] }
    }
  }

  #set(id: ProfileId, reach: Reach): void {
    this.#known.set(id, reach)
    this.#options.onChange()
  }
}
