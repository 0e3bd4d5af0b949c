import type { AppNotice, AppState, Environment } from '#shared/feed/app-state.ts'
import type { SpendingOverview } from '../budget/spending-overview.ts'
import type { Doctor } from '../doctor/doctor.ts'
import { Emitter } from '../lib/emitter.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { ProfileStore } from '../profiles/profile-store.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { Pause } from '../slots/pause.ts'
import { shown } from './shown.ts'

/** A running session changes its row with every phase, so does a run; people read slower than that. Milliseconds. */
const LIST_PAUSE_MS = 100
/** A list goes to the page as a whole, so a long one goes less often: this many entries wait a millisecond longer. */
const ENTRIES_PER_MS = 10

export interface AppSources {
  settings: SettingsStore
  profiles: ProfileStore
  doctor: Pick<Doctor, 'states' | 'onChange'>
  sessions: Sessions
  runs: Pick<RunStore, 'list' | 'onChange'>
  pause: Pick<Pause, 'paused' | 'onChange'>
  spending: Pick<SpendingOverview, 'state' | 'onChange'>
  environment: Environment
}

/** The state of the app as the window shows it, put together from those who own its parts. */
export class AppModel {
  readonly #sources: AppSources
  readonly #listeners = new Emitter<Partial<AppState>>()
  readonly #changed = new Set<keyof AppState>()
  readonly #stops: Unsubscribe[]
  #environment: Environment
  #notices: readonly AppNotice[]
  readonly #pauses = new Map<'sessions' | 'runs', { timer: NodeJS.Timeout; waiting: boolean }>()

  constructor(sources: AppSources) {
    this.#sources = sources
    const { settings, profiles, doctor, sessions, runs, pause, spending, environment } = sources
    this.#environment = environment
    this.#notices = settings.notice ? [settings.notice] : []
    this.#stops = [
      settings.onChange(() => this.#touch('settings', 'activeProfileId')),
      profiles.onChange(() => this.#touch('backends', 'activeProfileId', 'discovery')),
      doctor.onChange(() => this.#touch('doctor')),
      sessions.onChange(() => this.#touchList('sessions')),
      runs.onChange(() => this.#touchList('runs')),
      pause.onChange(() => this.#touch('runsPaused')),
      spending.onChange(() => this.#touch('spending')),
    ]
  }

  /** The state of the app as a window shows it: what models and servers wrote is made visible by `shown`. */
  state(): AppState {
    const { settings, profiles, doctor, sessions, runs, pause, spending } = this.#sources
    return shown({
      settings: settings.get(),
      backends: profiles.statuses(),
      activeProfileId: profiles.active()?.id ?? null,
      discovery: profiles.discovery(),
      doctor: doctor.states(),
      sessions: sessions.list(),
      runs: runs.list(),
      runsPaused: pause.paused(),
      spending: spending.state(),
      environment: this.#environment,
      notices: this.#notices,
    })
  }

  /** Gets what changed within a tick as one value. */
  onChange(listener: (change: Partial<AppState>) => void): Unsubscribe {
    return this.#listeners.on(listener)
  }

  /** Changes what is known of the environment later than the first paint, such as whether there is a keychain. */
  setEnvironment(change: Partial<Environment>): void {
    this.#environment = { ...this.#environment, ...change }
    this.#touch('environment')
  }

  /** Replaces the one with the same id. */
  notify(notice: AppNotice): void {
    this.#notices = [...this.#notices.filter(({ id }) => id !== notice.id), notice]
    this.#touch('notices')
  }

  dismiss(id: string): void {
    this.#notices = this.#notices.filter((notice) => notice.id !== id)
    this.#touch('notices')
  }

  close(): void {
    for (const { timer } of this.#pauses.values()) clearTimeout(timer)
    for (const stop of this.#stops) stop()
    this.#listeners.clear()
  }

  #touch(...keys: (keyof AppState)[]): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#tell())
    for (const key of keys) this.#changed.add(key)
  }

  #tell(): void {
    const state = this.state()
    const change = Object.fromEntries([...this.#changed].map((key) => [key, state[key]]))
    this.#changed.clear()
    this.#listeners.emit(change)
  }

  /** At once after a pause, otherwise when the pause is over. */
  #touchList(list: 'sessions' | 'runs'): void {
    const pause = this.#pauses.get(list)
    if (pause) {
      pause.waiting = true
      return
    }
    this.#touch(list)
    const timer = setTimeout(() => {
      const { waiting } = this.#pauses.get(list) ?? { waiting: false }
      this.#pauses.delete(list)
      if (waiting) this.#touchList(list)
    }, this.#listPause(list))
    this.#pauses.set(list, { timer, waiting: false })
  }
  #listPause(list: 'sessions' | 'runs'): number {
    return Math.max(LIST_PAUSE_MS, this.#sources[list].list().length / ENTRIES_PER_MS)
  }
}
