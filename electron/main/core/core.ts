import type { Reply } from '#shared/failure.ts'
import type { Environment } from '#shared/feed/app-state.ts'
import { requests } from '#shared/feed/requests.ts'
import type { SessionId } from '#shared/ids.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import type { Settings } from '#shared/settings/settings.ts'
import {
  createEngine,
  createWindowFeed,
  describeSandbox,
  type Engine,
  type EngineOptions,
  shown,
  type WindowFeed,
} from '../../engine/engine.ts'
import { appHandlers, type Desktop } from '../ipc/app-handlers.ts'
import { budgetHandlers } from '../ipc/budget-handlers.ts'
import { doctorHandlers } from '../ipc/doctor-handlers.ts'
import { pauseHandlers } from '../ipc/pause-handlers.ts'
import { policyHandlers } from '../ipc/policy-handlers.ts'
import { profileHandlers } from '../ipc/profile-handlers.ts'
import { requestRouter } from '../ipc/router.ts'
import { runHandlers } from '../ipc/run-handlers.ts'
import { sessionHandlers } from '../ipc/session-handlers.ts'
import { windowHandlers } from '../ipc/window-handlers.ts'

/** Everything behind the window. Loaded while the page loads: importing it costs more than opening a window. */
export interface Core {
  feed: WindowFeed
  /** Does not reject. */
  answer(name: unknown, input: unknown): Promise<Reply<unknown>>
  /** The view of a session that this process holds open, for eyes. */
  opened(sessionId: SessionId): SessionView | undefined
  /** Ends what runs, writes what waits. */
  close(): Promise<void>
}

export interface CoreOptions extends Pick<EngineOptions, 'env' | 'openConf' | 'worker'> {
  environment: Environment
  desktop: Desktop
  /** At once, and whenever the settings change. */
  onSettings(settings: Settings): void
  onDefect(error: unknown): void
}

/** Starts the engine and what the app lays around it. `FailureError` `storage`: the data folder cannot be used. */
export async function startCore(options: CoreOptions): Promise<Core> {
  const { environment, env, openConf, worker, desktop, onSettings, onDefect } = options
  const engine = await createEngine({
    dataFolder: environment.dataFolder,
    openConf,
    env,
    worker,
    holder: 'the window',
    platform: environment.platform,
    onDefect,
  })
  const feed = createWindowFeed(engine, environment, onDefect)
  onSettings(engine.settings.get())
  engine.settings.onChange((settings) => {
    onSettings(settings)
    // A terminal may have added a profile.
    engine.profiles.checkUnknown().catch(onDefect)
  })
  engine.sessions
    .load()
    .then(() => engine.watch())
    .catch(onDefect)
  lookAround(engine, feed).catch(onDefect)
  const handlers = {
    ...sessionHandlers(engine, feed, onDefect),
    ...pauseHandlers(engine),
    ...runHandlers(engine, feed, onDefect),
    ...profileHandlers(engine, desktop, onDefect),
    ...doctorHandlers(engine),
    ...budgetHandlers(engine, desktop),
    ...policyHandlers(engine),
    ...appHandlers(engine, feed, desktop),
    ...windowHandlers(engine),
  }
  return {
    feed,
    answer: requestRouter(requests, handlers, onDefect),
    opened: (sessionId) => shown(engine.sessions.opened(sessionId)?.view()),
    async close() {
      feed.app.close()
      await engine.close()
    },
  }
}

/** What a person sees a moment later: who answers, and what this machine has. */
async function lookAround({ keys, profiles, doctor }: Engine, { app }: WindowFeed): Promise<void> {
  await Promise.all([
    keys.keychainAvailable().then((keychain) => app.setEnvironment({ keychain })),
    describeSandbox().then((sandbox) => app.setEnvironment({ sandbox })),
    profiles.ensureActive({ save: true }).then(() => profiles.checkUnknown()),
    doctor.load(),
  ])
}
