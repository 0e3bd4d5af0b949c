import { join } from 'node:path'
import type { SessionId } from '#shared/ids.ts'
import { sourcesOfRules } from '#shared/limits/effective-limits.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { createBackend } from './backend/client.ts'
import { discoverLocalServers, identifyServer, localPorts } from './backend/servers/discover.ts'
import { Ledger } from './budget/ledger.ts'
import { SpendingOverview } from './budget/spending-overview.ts'
import { Doctor } from './doctor/doctor.ts'
import { Instructions } from './instructions/instructions.ts'
import { systemClock } from './lib/clock.ts'
import { Policies } from './policy/policies.ts'
import { KnownWindows, type LearnedWindow } from './profiles/known-windows.ts'
import { ProfileStore } from './profiles/profile-store.ts'
import { BackgroundRuns } from './remote/background-runs.ts'
import { connectHere } from './remote/connect-here.ts'
import type { WorkerProgram } from './runs/launcher.ts'
import { processLauncher } from './runs/process-launcher.ts'
import { RunRegistry } from './runs/registry.ts'
import { RunStore } from './runs/run-store.ts'
import { KeyStore } from './secrets/key-store.ts'
import { systemKeychain } from './secrets/keychain.ts'
import { SessionStore } from './sessions/session-store.ts'
import type { Sessions } from './sessions/sessions.ts'
import type { OpenConf } from './settings/settings-file.ts'
import { SettingsStore } from './settings/settings-store.ts'
import { Pause } from './slots/pause.ts'
import { Slots } from './slots/slots.ts'
import { builtinTools } from './tools/builtin-tools.ts'
import type { Tool } from './tools/contract/tool.ts'
import { RememberedWindow } from './window/remembered.ts'
import type { WorkerOptions } from './worker/run-to-its-end.ts'

export interface EngineOptions {
  /** `settings.json`, `trust.json`, `sessions/`, `ledger/`, `logs/` and, if the person said yes, `keys.json`. */
  dataFolder: string
  /** Opens the settings file for writing: electron-store in the app, conf in the terminal. */
  openConf: OpenConf
  /** OPENAI_* make a profile, `env:NAME` keys are read from here, CLAW_LOCAL_PORTS replaces the usual ports, CLAW_PATIENCE_MS `patienceMs`. */
  env: Readonly<Record<string, string | undefined>>
  /** How this process is called where it holds a session's lock: "the window", "a terminal". */
  holder: string
  platform: string
  /** How the worker of a background run is started; null = not from here, as in a worker itself. */
  worker: WorkerProgram | null
  /** After so long a worker that does not answer is given up. Milliseconds; default 10,000. */
  patienceMs?: number
  /** A key that was handed in and need not be looked for. */
  givenKey?: { profileId: string; value: string } | null
  /** What went wrong in the background, where nobody waited for it. */
  onDefect(error: unknown): void
  /** A run that nobody waits for: its calls go behind those of window and terminals, and hold while all are paused. */
  background?: boolean
}

/** All of the agent, without a face. */
export interface Engine {
  settings: SettingsStore
  keys: KeyStore
  profiles: ProfileStore
  doctor: Doctor
  policies: Policies
  /** The files that say how to work in a folder. */
  instructions: Instructions
  sessions: Sessions
  /** What runs in the background. */
  runs: RunStore
  background: BackgroundRuns
  spending: SpendingOverview
  /** *Pause all*: background runs hold before their next model call. */
  pause: Pick<Pause, 'paused' | 'set' | 'refresh' | 'onChange'>
  tools: readonly Tool[]
  /** What the window keeps beyond its own life. */
  remembered: RememberedWindow
  /** Follows what other processes change: settings, sessions, background runs, the ledger. `FailureError` `storage`. */
  watch(): Promise<void>
  /** Ends running turns, writes what waits, gives up locks and connections. */
  close(): Promise<void>
}

/** Makes the engine on a data folder. `FailureError` `storage`: the folder cannot be made or read. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { dataFolder, env, openConf, holder, platform, onDefect, worker, givenKey } = options
  const inBackground = options.background ?? false
  const clock = systemClock
  const settings = await SettingsStore.open({ dataFolder, openConf, clock })
  const keys = new KeyStore({ dataFolder, env, keychain: systemKeychain, ...(givenKey && { given: givenKey }) })
  const windows = new KnownWindows(dataFolder)
  const profiles = new ProfileStore({
    settings,
    windows,
    onDefect,
    keys,
    env,
    clock,
    connect: createBackend,
    // Only who asks for the demo pays for loading it.
    startDemo: async () => (await import('./demo/demo-backend.ts')).startDemoBackend(),
    discover: () => discoverLocalServers(localPorts(env)),
    identify: identifyServer,
  })
  const ledger = new Ledger(join(dataFolder, 'ledger'), clock)
  const policies = new Policies({
    dataFolder,
    clock,
    keyVariables: () => new Set(profiles.list().flatMap(({ key }) => (key.source === 'env' ? [key.name] : []))),
  })
  const instructions = new Instructions(dataFolder, policies.trust)
  const pause = new Pause(join(dataFolder, 'slots', 'paused'))
  const slots = new Slots({ dataFolder, background: inBackground, pause, now: () => clock.now() })
  const services = {
    clock,
    platform,
    slots,
    background: inBackground,
    tools: builtinTools,
    ledger,
    policyFor: policies.policyFor.bind(policies),
    instructions,
    limitSources: () => sourcesOfRules(settings.get().limits, (id) => profiles.get(id)?.name ?? id),
    onLimitsChange: (listener: () => void) => {
      settings.watch()
      return settings.onChange(listener)
    },
    backendFor: profiles.backendFor.bind(profiles),
    noteReach: profiles.noteReach.bind(profiles),
    // Kept in the background: nothing waits for it but the end of the engine.
    learnWindow: (profile: Profile, learned: LearnedWindow) => void windows.learn(profile, learned),
  }
  const sessions: SessionStore = new SessionStore({
    dataFolder,
    holder,
    services,
    // A worker has its session itself, whatever the registry says of it.
    ...(worker && { attach: (id: SessionId) => background.attach(id) }),
  })
  const registry = new RunRegistry(dataFolder)
  const surroundings = { registry, journalOf: (id: SessionId) => sessions.journalOf(id), clock }
  const runs = new RunStore(surroundings, onDefect)
  const background = new BackgroundRuns({
    ...{ dataFolder, surroundings, sessions, profiles, keys, env, holder },
    working: () => sessions.working(),
    store: runs,
    launcher: worker && processLauncher(worker, registry),
    connect: connectHere,
    patienceMs: options.patienceMs ?? (Number(env.CLAW_PATIENCE_MS) || PATIENCE_MS),
  })
  const spending = new SpendingOverview({
    ledger,
    settings,
    clock,
    titleOf: (id) => sessions.list().find(({ sessionId }) => sessionId === id)?.title,
  })
  const doctor = new Doctor({
    dataFolder,
    env,
    clock,
    profiles,
    connect: createBackend,
    resolveKey: (profile) => keys.resolve(profile),
    slotHolder: () => slots.holder(),
  })
  let isClosed = false
  let watching: Promise<void> = Promise.resolve()
  const follow = async () => {
    settings.watch()
    sessions.watch()
    await runs.watch()
    await pause.watch()
    await ledger.watch()
  }
  return {
    settings,
    keys,
    profiles,
    doctor,
    policies,
    instructions,
    sessions,
    runs,
    background,
    spending,
    pause,
    tools: builtinTools,
    remembered: new RememberedWindow(dataFolder),
    async watch() {
      if (isClosed) return
      watching = follow()
      await watching
    },
    async close() {
      isClosed = true
      // What begins to be watched now would be watched for ever. Whoever asked for it hears what went wrong.
      await watching.catch(() => undefined)
      runs.close()
      await sessions.close()
      await doctor.close()
      await slots.close()
      pause.close()
      await profiles.close()
      await windows.close()
      await ledger.close()
      settings.close()
    },
  }
}

/** How long somebody who looks at a background run waits for its worker. */
const PATIENCE_MS = 10_000

/** Runs a background run to its end, in a process of its own; see `worker/run-to-its-end.ts`. */
export async function runWorker(
  options: Omit<WorkerOptions, 'openEngine'> & Pick<EngineOptions, 'openConf' | 'env'>,
): Promise<number> {
  const { runToItsEnd } = await import('./worker/run-to-its-end.ts')
  const { env, openConf, platform, onDefect } = options
  return await runToItsEnd({
    ...options,
    openEngine: ({ dataFolder, entry, env: handedOver, key }) =>
      createEngine({
        ...{ dataFolder, openConf, platform, onDefect },
        env: { ...env, ...handedOver },
        holder: `the background run ${entry.run.runId}`,
        background: true,
        worker: null,
        givenKey: key,
      }),
  })
}

export { shown } from './feed/shown.ts'
export { createWindowFeed, type WindowFeed } from './feed/window-feed.ts'
export type { Channel } from './lib/channel.ts'
export { heldBy, unfinishedTurn } from './remote/background-runs.ts'
export type { RemoteSession } from './remote/remote-session.ts'
export type { RunLog } from './runs/run-log.ts'
export { REPORT_FD } from './runs/worker-report.ts'
export type { NewSession, Session, Sessions } from './sessions/sessions.ts'
export { usableFolder } from './sessions/usable-folder.ts'
export { describeSandbox } from './tools/sandbox/sandbox.ts'
