import { isDeepStrictEqual } from 'node:util'
import type { DoctorChange, DoctorCheck, DoctorReport, DoctorState } from '#shared/doctor/doctor.ts'
import { FailureError, failure } from '#shared/failure.ts'
import type { ProfileId } from '#shared/ids.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { Emitter } from '../lib/emitter.ts'
import { storageFailure } from '../lib/storage-failure.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { ProfileStore } from '../profiles/profile-store.ts'
import type { DoctorServices } from './run-doctor.ts'

export interface DoctorOptions extends Omit<DoctorServices, 'mayLoad'> {
  dataFolder: string
  profiles: Pick<ProfileStore, 'list' | 'get' | 'statuses' | 'save' | 'onChange'>
}

export interface TestOptions {
  /** Asked before anything that would load the model; default: no. */
  mayLoad?(model: string): Promise<boolean>
  onCheck?(check: DoctorCheck): void
  /** As in `DoctorState`. */
  onWait?(words: string | null): void
  signal?: AbortSignal
}

interface Running {
  stop: AbortController
  startedAt: number
  checks: readonly DoctorCheck[]
  waits: string | null
  done: Promise<DoctorReport>
}

/** Examines backends, one examination a profile at a time, and keeps the last report of each. */
export class Doctor {
  readonly #options: DoctorOptions
  readonly #running = new Map<ProfileId, Running>()
  readonly #reports = new Map<ProfileId, DoctorReport>()
  readonly #changes = new Emitter()
  readonly #stopListening: Unsubscribe
  #dropping: Promise<void> = Promise.resolve()

  constructor(options: DoctorOptions) {
    this.#options = options
    this.#stopListening = options.profiles.onChange(() => this.#dropRemoved())
  }

  /** Reads the reports of earlier tests. `FailureError` `storage`. */
  async load(): Promise<void> {
    const { readReports } = await files()
    const reports = await readReports(this.#options.dataFolder).catch((error: unknown) => {
      throw new FailureError(storageFailure('read the reports of earlier tests', error), { cause: error })
    })
    const known = new Set(this.#options.profiles.list().map(({ id }) => id))
    for (const report of reports) {
      // A newer one was made while these were read.
      if (known.has(report.profileId) && !this.#reports.has(report.profileId)) {
        this.#reports.set(report.profileId, report)
      }
    }
    this.#changed()
  }

  /** What is known of each profile, by its id; profiles that nothing is known of are missing. */
  states(): Readonly<Record<string, DoctorState>> {
    const ids = new Set([...this.#reports.keys(), ...this.#running.keys()])
    return Object.fromEntries([...ids].map((id) => [id, this.#state(id)]))
  }

  onChange(listener: () => void): Unsubscribe {
    return this.#changes.on(listener)
  }

  /**
   * Examines a profile and keeps what it found. What the server does wrong is in the report. `FailureError`: `not-found`,
   * `invalid-input` (the demo, a base URL that is none), `busy` (it is being examined), `aborted`, `storage`.
   */
  async test(id: ProfileId, options: TestOptions = {}): Promise<DoctorReport> {
    const profile = this.#options.profiles.get(id)
    if (!profile) throw refusal('not-found', `The profile ${id} does not exist any more. Choose another.`)
    if (profile.kind === 'demo') {
      throw refusal('invalid-input', 'The demo has no model and no server: there is nothing to test.')
    }
    if (this.#running.has(id)) throw refusal('busy', `${profile.name} is being tested right now.`)
    const stop = new AbortController()
    const running: Running = {
      stop,
      startedAt: this.#options.clock.now(),
      checks: [],
      waits: null,
      done: this.#examine(profile, options, stop.signal, {
        onCheck: (check) => {
          running.checks = [...running.checks.filter((other) => other.id !== check.id), check]
          this.#changed()
          options.onCheck?.(check)
        },
        onWait: (words) => {
          running.waits = words
          this.#changed()
          options.onWait?.(words)
        },
      }).finally(() => {
        this.#running.delete(id)
        this.#changed()
      }),
    }
    this.#running.set(id, running)
    this.#changed()
    return running.done
  }

  /** Nothing happens where nothing runs. */
  stop(id: ProfileId): void {
    this.#running.get(id)?.stop.abort()
  }

  async close(): Promise<void> {
    this.#stopListening()
    await this.#dropping
    for (const { stop } of this.#running.values()) stop.abort()
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done))
    this.#changes.clear()
  }

  async #examine(
    profile: Profile,
    { mayLoad = async () => false, signal }: TestOptions,
    stopped: AbortSignal,
    { onCheck, onWait }: Required<Pick<TestOptions, 'onCheck' | 'onWait'>>,
  ): Promise<DoctorReport> {
    const both = signal ? AbortSignal.any([signal, stopped]) : stopped
    const { runDoctor } = await import('./run-doctor.ts')
    const { report, proven } = await runDoctor(profile, { ...this.#options, mayLoad, onWait }, onCheck, both)
    this.#reports.set(profile.id, report)
    const { writeReport } = await files()
    await writeReport(this.#options.dataFolder, report).catch((error: unknown) => {
      throw new FailureError(storageFailure('keep the report of this test', error), { cause: error })
    })
    await this.#keep(profile, proven)
    return report
  }

  /** Only on a saved profile that nobody changed meanwhile. */
  async #keep(examined: Profile, proven: DoctorChange): Promise<void> {
    const { profiles } = this.#options
    const now = profiles.get(examined.id)
    const saved = profiles.statuses().some(({ profile, origin }) => profile.id === examined.id && origin === 'saved')
    if (!saved || !now) return
    const { compat: before, ...rest } = now
    const kind = now.kind === 'custom' ? (proven.kind ?? now.kind) : now.kind
    const unchanged = now.baseUrl === examined.baseUrl && now.model === examined.model
    const compat = proven.compat !== undefined && unchanged ? proven.compat : (before ?? null)
    const kept: Profile = { ...rest, kind, ...(compat && { compat }) }
    if (!isDeepStrictEqual(kept, now)) await profiles.save(kept)
  }

  /** The report of a profile that was removed is about nothing. */
  #dropRemoved(): void {
    const { profiles } = this.#options
    this.#drop([...this.#reports.keys()].filter((id) => !profiles.get(id)))
  }

  /** The server, the key or what is sent changed: what was found before says nothing about it. */
  forget(id: ProfileId): void {
    if (this.#reports.has(id)) this.#drop([id])
  }

  #drop(gone: readonly ProfileId[]): void {
    if (gone.length === 0) return
    for (const id of gone) {
      this.#running.get(id)?.stop.abort()
      this.#reports.delete(id)
    }
    this.#changed()
    const before = this.#dropping
    this.#dropping = this.#removeFiles(gone)
      .catch(() => {
        // A report that stays behind is old, and says when it was made.
      })
      .then(() => before)
  }

  async #removeFiles(ids: readonly ProfileId[]): Promise<void> {
    const { removeReport } = await files()
    await Promise.all(ids.map((id) => removeReport(this.#options.dataFolder, id)))
  }

  #state(id: ProfileId): DoctorState {
    const running = this.#running.get(id)
    return {
      running: running ? { startedAt: running.startedAt, checks: running.checks, waits: running.waits } : null,
      report: this.#reports.get(id) ?? null,
    }
  }

  #changed(): void {
    this.#changes.emit()
  }
}

/** Loaded when a report is read or made: a run in the terminal needs neither. */
function files() {
  return import('./doctor-files.ts')
}

function refusal(code: 'not-found' | 'invalid-input' | 'busy', message: string): FailureError {
  return new FailureError(failure(code, message))
}
