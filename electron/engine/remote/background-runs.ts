import { FailureError, failure } from '#shared/failure.ts'
import type { ProfileId, RunId, SessionId } from '#shared/ids.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import { type FolderConflict, type NewRun, type RunWorktree, unstartedRun } from '#shared/run/background.ts'
import { isOver } from '#shared/run/run-words.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { SessionView, TurnView } from '#shared/session/session-view.ts'
import { newRunId, newSessionId } from '../lib/new-id.ts'
import type { ProfileStore } from '../profiles/profile-store.ts'
import type { Launcher } from '../runs/launcher.ts'
import type { Surroundings } from '../runs/reconcile.ts'
import type { Connect } from '../runs/run-address.ts'
import type { RegisteredRun, RunEntry } from '../runs/run-entry.ts'
import type { RunLog } from '../runs/run-log.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { RunSession, RunTurn } from '../runs/start-data.ts'
import type { NewWorktree } from '../runs/worktree.ts'
import type { KeyStore } from '../secrets/key-store.ts'
import { waitsForAnswer } from '../sessions/open-calls.ts'
import type { Sessions, WorkingSession } from '../sessions/sessions.ts'
import { titleFrom } from '../sessions/summary.ts'
import { usableFolder } from '../sessions/usable-folder.ts'
import type { RemoteSession } from './remote-session.ts'

export interface BackgroundOptions {
  dataFolder: string
  surroundings: Surroundings
  store: RunStore
  sessions: Sessions
  /** Turns that go on in windows and terminals. */
  working(): Promise<WorkingSession[]>
  profiles: ProfileStore
  keys: KeyStore
  env: Readonly<Record<string, string | undefined>>
  /** How workers are started; null = this process starts no runs. */
  launcher: Launcher | null
  /** How the worker of a run is reached. */
  connect: Connect
  /** Where runs are started and ended from: "a terminal", "the window". */
  holder: string
  /** After so long a worker that does not answer is given up. Milliseconds. */
  patienceMs: number
}

/** What only a terminal asks of a new run. */
export interface StartExtras {
  overrides?: ProfileOverrides
  addedFolders?: readonly string[]
  systemPrompt?: string
  appendSystemPrompt?: string
  send?: SendOptions
}

/** What changes about a session that goes on; what is missing stays. */
export interface ResumeChanges {
  profileId?: ProfileId
  overrides?: ProfileOverrides
  permissions?: Permissions
  addedFolders?: readonly string[]
  send?: SendOptions
}

/** Starts, ends and moves background runs. What runs is in `RunStore`; what they do is in their sessions. */
export class BackgroundRuns {
  readonly #options: BackgroundOptions

  constructor(options: BackgroundOptions) {
    this.#options = options
  }

  /** The run or session that works already where a new run would; null = none. `FailureError` `storage`. */
  async conflict(wanted: Pick<NewRun, 'cwd' | 'permissions'>): Promise<FolderConflict | null> {
    const { store, working } = this.#options
    const [{ folderConflict }, sessions] = await Promise.all([
      import('../runs/folder-conflict.ts'),
      working(),
      store.load(),
    ])
    return folderConflict(wanted, store.list(), sessions)
  }

  /**
   * Starts a background run, and resolves when its worker has begun. `FailureError`: `invalid-input` the folder, or no worktree
   * can be had there, `not-found` the profile, or why the worker did not begin.
   */
  async start(
    run: NewRun,
    extras: StartExtras = {},
  ): Promise<{ runId: RunId; sessionId: SessionId; worktree?: NewWorktree }> {
    const asked = await usableFolder(run.cwd)
    this.#profile(run.profileId)
    if (!run.worktree) return await this.#start(run, asked, extras)
    const { createWorktree, discardWorktree } = await import('../runs/worktree.ts')
    const worktree = await createWorktree(asked, titleFrom(run.prompt))
    try {
      return { ...(await this.#start(run, worktree.cwd, extras, worktree)), worktree }
    } catch (error) {
      await discardWorktree(asked, worktree)
      throw error
    }
  }

  async #start(
    run: NewRun,
    cwd: string,
    extras: StartExtras,
    worktree?: RunWorktree,
  ): Promise<{ runId: RunId; sessionId: SessionId }> {
    const { send, overrides = {}, addedFolders = [], systemPrompt, appendSystemPrompt } = extras
    const profile = this.#profile(run.profileId)
    const sessionId = newSessionId()
    return await this.#spawn({
      run: {
        sessionId,
        cwd,
        prompt: run.prompt,
        title: titleFrom(run.prompt),
        model: overrides.model ?? profile.model,
        ...(worktree && { worktree: placeOf(worktree) }),
      },
      profile,
      overrides,
      permissions: run.permissions,
      send: { ...send, limits: run.limits, ...(run.verify && { verify: run.verify }) },
      session: {
        kind: 'new',
        addedFolders: [...addedFolders],
        ...(systemPrompt !== undefined && { systemPrompt }),
        ...(appendSystemPrompt !== undefined && { appendSystemPrompt }),
      },
      turn: { kind: 'prompt', text: run.prompt },
    })
  }

  /**
   * Goes on with a session in the background; without a prompt, with a turn that did not come to its end. Without `send`
   * what was set for its last turn holds again, limits and verification: it was not said for one message. `FailureError`
   * like `start`, `busy` where something has it open, `invalid-input` where there is nothing to go on with.
   */
  async resume(sessionId: SessionId, prompt?: string, changes: ResumeChanges = {}): Promise<{ runId: RunId }> {
    const holder = await this.#options.store.holderOf(sessionId)
    if (holder) throw new FailureError(heldBy(holder))
    return await this.#options.sessions.move(sessionId, 'the background', async () => {
      const view = await this.#options.sessions.peek(sessionId)
      const limited = { ...changes, send: changes.send ?? orderOfLast(view) }
      if (prompt) return await this.#existing(view, { kind: 'prompt', text: prompt }, prompt, limited)
      const { text } = unfinishedTurn(view)
      // One that only waited for an answer asks again; where more was in work, what is half done is told to the model.
      return await this.#existing(view, { kind: waitsForAnswer(view) ? 'continue' : 'resume' }, text, limited)
    })
  }

  /** `from`: "the tray"; by default where this process is. `FailureError`: `not-found`, `busy`, `storage`. */
  async stop(runId: RunId, { force = false, from = this.#options.holder } = {}): Promise<void> {
    const { endRun } = await import('./end-run.ts')
    const { store, surroundings } = this.#options
    await endRun(await this.#record(runId), { force, by: `you from ${from}` }, surroundings)
    await store.refresh(runId)
  }

  /** Runs that are over leave the list; their sessions stay. `FailureError` `storage`. */
  async clearFinished(): Promise<void> {
    const { store, surroundings } = this.#options
    const { registry, clock } = surroundings
    await store.load()
    const own = store.list().filter((run) => isOver(run))
    for (const { runId } of own) if ((await registry.read(runId))?.entry) await registry.remove(runId)
    await registry.sweep((id) => store.list().some(({ runId }) => runId === id), clock.now())
    await store.load()
  }

  /**
   * Sends a session to the background: a running turn goes on there, without one the next message runs there.
   * `FailureError` like `start`; where it fails, the turn goes on here when the session is opened the next time.
   */
  async fromSession(sessionId: SessionId): Promise<{ runId: RunId }> {
    const { store, sessions } = this.#options
    const holder = await store.holderOf(sessionId)
    if (holder) return { runId: holder.run.runId }
    return await sessions.move(sessionId, 'the background', async (open) => {
      const view = await sessions.peek(sessionId)
      const last = view.turns.at(-1)
      const isOpen = last !== undefined && last.end === null
      try {
        const changes = isOpen ? { send: orderOfLast(view) } : {}
        return await this.#existing(view, { kind: isOpen ? 'continue' : 'await' }, last?.text ?? '', changes)
      } catch (error) {
        // Nothing is lost: it goes on where it was.
        await (await open({ closeOpenTurn: false })).continueOpenTurn()
        throw error
      }
    })
  }

  /** Takes a run back into this process, where its turn goes on. `FailureError`: `not-found`, `timeout`, `busy`. */
  async toSession(runId: RunId): Promise<{ sessionId: SessionId }> {
    const record = await this.#record(runId)
    const { sessionId } = record.run
    const { sessions, holder } = this.#options
    if (isOver(record.run)) return { sessionId }
    await sessions.move(sessionId, holder, async (open) => {
      const remote = await this.#attach(record)
      const ended = new Promise<void>((resolve) => remote.onEnd(resolve))
      await remote.request('leave', { to: holder })
      await ended
      const failed = remote.connectionFailure()
      if (failed) throw new FailureError(failed)
      await (await open({ closeOpenTurn: false })).continueOpenTurn()
    })
    return { sessionId }
  }

  /** The session as a background run has it open; null = none has. `FailureError`: `timeout`, `busy`. */
  async attach(sessionId: SessionId): Promise<RemoteSession | null> {
    const { store } = this.#options
    const record = await store.holderOf(sessionId)
    if (!record) return null
    try {
      return await this.#attach(record)
    } catch (error) {
      // It may have ended between the two looks: then nothing holds the session any more.
      const now = await store.refresh(record.run.runId)
      if (!now || isOver(now.run)) return null
      throw error
    }
  }

  /** What a run did so far, and what it does. `FailureError` `not-found`. */
  async log(runId: RunId): Promise<RunLog> {
    const record = await this.#record(runId)
    const { RunLog } = await import('../runs/run-log.ts')
    const { surroundings, store } = this.#options
    return new RunLog(record, surroundings.journalOf(record.run.sessionId), store)
  }

  async #attach({ run, entry }: RegisteredRun): Promise<RemoteSession> {
    const { runId } = run
    if (!entry || !run.usable) {
      const words = `The run ${runId} belongs to another version of the app, so it cannot be attached to. It goes on.`
      throw new FailureError(failure('busy', words, { remedy: { kind: 'read-log', runId } }))
    }
    const { RemoteSession } = await import('./remote-session.ts')
    return await RemoteSession.attach(entry, this.#options.connect, this.#options.patienceMs)
  }

  async #record(runId: RunId): Promise<RegisteredRun> {
    const record = await this.#options.store.refresh(runId)
    if (record) return record
    throw new FailureError(failure('not-found', `There is no run ${runId} any more.`))
  }

  #profile(id: ProfileId): Profile {
    const profile = this.#options.profiles.get(id)
    if (profile) return profile
    throw new FailureError(failure('not-found', `The profile ${id} does not exist any more. Choose another.`))
  }

  async #existing(view: SessionView, turn: RunTurn, prompt: string, changes: ResumeChanges): Promise<{ runId: RunId }> {
    const profile = this.#profile(changes.profileId ?? view.profile.profileId)
    const { sessionId, cwd, title } = view
    const isOther = changes.profileId !== undefined && changes.profileId !== view.profile.profileId
    const overrides = isOther ? (changes.overrides ?? {}) : { model: view.profile.model, ...changes.overrides }
    return await this.#spawn({
      run: { sessionId, cwd, prompt, title: title || titleFrom(prompt), model: overrides.model ?? profile.model },
      profile,
      overrides,
      permissions: changes.permissions ?? view.permissions,
      send: changes.send ?? {},
      session: { kind: 'existing', addedFolders: [...(changes.addedFolders ?? [])] },
      turn,
    })
  }

  async #spawn(order: {
    run: Pick<RunEntry['run'], 'sessionId' | 'cwd' | 'prompt' | 'title' | 'model' | 'worktree'>
    profile: Profile
    overrides: ProfileOverrides
    permissions: Permissions
    send: SendOptions
    session: RunSession
    turn: RunTurn
  }): Promise<{ runId: RunId; sessionId: SessionId }> {
    const { dataFolder, surroundings, store, profiles, keys, env, launcher, holder } = this.#options
    if (!launcher) throw new Error('This process starts no background runs.')
    const { handedOver, workerEnvironment } = await import('../runs/worker-environment.ts')
    const runId = newRunId()
    const { profile, permissions, run, overrides, send, session, turn } = order
    // Where a key cannot be read now, the worker says so in the turn, as it would here.
    const key = await keys.resolve(profile).catch(() => null)
    await launcher.launch({
      env: workerEnvironment(env, profiles.list(), runId),
      run: {
        ...run,
        ...unstartedRun,
        runId,
        profileId: profile.id,
        profileName: profile.name,
        permissions,
        limits: send.limits ?? {},
        origin: holder,
        startedAt: surroundings.clock.now(),
      },
      start: {
        dataFolder,
        env: handedOver(env, profiles.list()),
        key: key === null ? null : { profileId: profile.id, value: key },
        session,
        turn,
        overrides,
        permissions,
        send,
      },
    })
    await store.refresh(runId)
    return { runId, sessionId: run.sessionId }
  }
}

function placeOf({ path, branch, repository }: RunWorktree): RunWorktree {
  return { path, branch, ...(repository !== undefined && { repository }) }
}

/** The last turn, which did not come to its end. `FailureError` `invalid-input`: it did. */
export function unfinishedTurn(view: SessionView): TurnView {
  const last = view.turns.at(-1)
  if (last && last.end?.reason !== 'completed') return last
  throw new FailureError(failure('invalid-input', 'Its last turn is complete. Say what to do next.'))
}

/** Names who has a session, and what can be done about it. */
export function heldBy({ run }: RegisteredRun) {
  const { runId, pid } = run
  return failure('busy', `This session runs in the background as ${runId}${pid ? ` (process ${pid})` : ''}.`, {
    remedy: { kind: 'watch-or-end', runId },
  })
}

/** What was set for the newest turn alone. */
function orderOfLast({ turns }: SessionView): SendOptions {
  const { limits, limitOrigins, verify, verifyRounds } = turns.at(-1) ?? {}
  return {
    ...(limits && { limits }),
    ...(limits && limitOrigins && { limitOrigins }),
    ...(verify && { verify: [...verify] }),
    ...(verifyRounds !== undefined && { verifyRounds }),
  }
}
