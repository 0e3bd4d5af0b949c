import { FailureError, failure } from '#shared/failure.ts'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import type { SessionId } from '#shared/ids.ts'
import { applyEvent } from '#shared/session/apply-event.ts'
import type { ImagePart } from '#shared/session/content.ts'
import { FIRST_JOURNAL_VERSION, type SessionEntry } from '#shared/session/session-entry.ts'
import { goesOn } from '#shared/session/session-state.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { systemPrompt } from '../agent/prompt.ts'
import { Journal } from '../journal/journal.ts'
import { newSessionId } from '../lib/new-id.ts'
import { storageFailure } from '../lib/storage-failure.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import { toolDefinitions } from '../tools/contract/tool-definitions.ts'
import type { Workspace } from '../tools/contract/workspace.ts'
import { holdSession, type OpenSession } from './hold-session.ts'
import { LiveSession } from './live-session.ts'
import { waitsForAnswer } from './open-calls.ts'
import { profileUse } from './profile-use.ts'
import { ReadOnlySession } from './read-only-session.ts'
import { readSession, readSessionView } from './read-session.ts'
import { SessionFiles } from './session-files.ts'
import { lockSession, sessionHolder } from './session-lock.ts'
import type { OpenSessionServices, SessionServices } from './session-services.ts'
import { startFrom } from './session-start.ts'
import { SessionState } from './session-state.ts'
import type {
  AttachedSession,
  NewSession,
  OpenMoved,
  OpenOptions,
  Session,
  Sessions,
  WorkingSession,
} from './sessions.ts'
import { Summaries } from './summaries.ts'
import { summarise } from './summary.ts'
import { sessionWorkspace, usableFolder } from './usable-folder.ts'

type SessionBeginning = Extract<SessionEntry, { type: 'session-start' }>

export interface SessionStoreOptions {
  dataFolder: string
  /** Who holds the locks, as others are told: "the window", "a terminal". */
  holder: string
  services: SessionServices
  /** The session as a background run has it open; null = none has. `FailureError`: it cannot be attached to. */
  attach?(id: SessionId): Promise<AttachedSession | null>
}

/** All sessions of the data folder: those that are open here, and the summaries of the rest. */
export class SessionStore implements Sessions {
  readonly #files: SessionFiles
  readonly #options: SessionStoreOptions
  readonly #services: OpenSessionServices
  readonly #open = new Map<SessionId, Promise<OpenSession>>()
  readonly #live = new Map<SessionId, Session>()
  readonly #moving = new Map<SessionId, Promise<unknown>>()
  readonly #releasing = new Map<SessionId, Promise<void>>()
  readonly #summaries: Summaries

  constructor(options: SessionStoreOptions) {
    this.#options = options
    this.#files = new SessionFiles(options.dataFolder)
    this.#services = { ...options.services, sessions: this, blobs: this.#files.blobs }
    this.#summaries = new Summaries(this.#files, (id) => this.#isWrittenHere(id))
  }

  list(): readonly SessionSummary[] {
    return this.#summaries.list()
  }

  async load(): Promise<void> {
    await this.#files.prepare()
    // In a folder that refuses, they stay.
    await this.#files.sweep(this.#services.clock.now()).catch(() => undefined)
    await this.#summaries.load()
  }

  /** Keeps the summaries current when other processes write sessions. */
  watch(): void {
    this.#summaries.watch()
  }

  onChange(listener: () => void): Unsubscribe {
    return this.#summaries.onChange(listener)
  }

  async create(options: NewSession): Promise<Session> {
    const cwd = await usableFolder(options.cwd)
    const workspace = await this.#workspace(cwd, options.addedFolders)
    // A broken manifest is told before there is a session for it.
    await this.#services.policyFor(workspace)
    const { profile } = await this.#services.backendFor(options.profileId, options.overrides)
    const id = options.id ?? newSessionId()
    const start: SessionBeginning = {
      type: 'session-start',
      seq: 0,
      at: this.#services.clock.now(),
      version: FIRST_JOURNAL_VERSION,
      sessionId: id,
      cwd,
      systemPrompt: systemPrompt({
        ...(options.systemPrompt !== undefined && { replace: options.systemPrompt }),
        ...(options.appendSystemPrompt !== undefined && { append: options.appendSystemPrompt }),
      }),
      tools: toolDefinitions(this.#services.tools),
      profile: profileUse(profile),
      permissions: options.permissions,
      ...(options.oneTime && { oneTime: true }),
    }
    const opening = (async () => {
      await this.#prepare()
      const session = startFrom(new SessionState(start), workspace, options)
      return await this.#hold(id, 0, new LiveSession(session, this.#services), undefined, start)
    })()
    return this.#register(id, opening)
  }

  async open(id: SessionId, options: OpenOptions = {}): Promise<Session> {
    // It is on its way to or from another process.
    // Whoever moves it hears of it; here it is opened where it is now.
    await this.#moving.get(id)?.catch(() => undefined)
    // Whoever releases it hears what went wrong; it is let go of in any case.
    await this.#releasing.get(id)?.catch(() => undefined)
    const known = this.#open.get(id)
    if (known) return (await known).session
    return this.#register(id, this.#openHereOrThere(id, options))
  }

  async #openHereOrThere(id: SessionId, options: OpenOptions): Promise<OpenSession> {
    const there = await this.#attach(id)
    if (there) return there
    try {
      return await this.#openHere(id, options)
    } catch (error) {
      // A background run may have taken it between the two looks.
      const taken = error instanceof FailureError && error.failure.code === 'busy' ? await this.#attach(id) : null
      if (taken) return taken
      throw error
    }
  }

  async #openHere(id: SessionId, options: OpenOptions): Promise<OpenSession> {
    if (!(await this.#files.ids()).includes(id))
      throw new FailureError(failure('not-found', `There is no session ${id}.`))
    const path = this.#files.journal(id)
    const lock = await lockSession(this.#files.lock(id), this.#options.holder)
    let opened: OpenSession | null = null
    try {
      const { state, wholeBytes, notice } = await readSession(path, id)
      const before = state.view
      const workspace = await this.#workspace(before.cwd, options.addedFolders).catch((error: unknown) => {
        if (options.mayRead && isGone(error)) return new ReadOnlySession(before, error.failure)
        throw error
      })
      if (workspace instanceof ReadOnlySession) {
        await lock.release()
        return { session: workspace, close: async () => undefined }
      }
      state.forgetQuestions()
      const start = startFrom(state, workspace, { ...options, canAnswer: options.canAnswer ?? true })
      const session = new LiveSession(start, this.#services)
      opened = await this.#hold(id, wholeBytes, session, lock)
      // Said once: the lines stay where they are.
      session.markRepaired(notice)
      if (options.asksAgain && waitsForAnswer(before)) await session.askAgain()
      else if (options.closeOpenTurn ?? true) session.markInterrupted()
      return opened
    } catch (error) {
      await (opened ? opened.close() : lock.release())
      throw error
    }
  }

  async #attach(id: SessionId): Promise<OpenSession | null> {
    const session = await this.#options.attach?.(id)
    if (!session) return null
    session.onEnd(() => {
      // Whoever looks at it opens it anew: over there or, when that is over, here.
      if (this.#live.get(id) !== session) return
      this.#forget(id)
      this.#summaries.changed()
    })
    return { session, close: async () => session.close() }
  }

  async peek(id: SessionId): Promise<SessionView> {
    await this.#files.prepare()
    if (!(await this.#files.ids()).includes(id))
      throw new FailureError(failure('not-found', `There is no session ${id}.`))
    const { state: view, unreadable, notice } = await readSessionView(this.#files.journal(id), id)
    if (unreadable.length === 0 || notice === null) return view
    const stamp = { seq: view.seq + 1, at: view.updatedAt }
    // What is written there next has that number.
    return {
      ...applyEvent(view, { type: 'warning', code: 'journal-repaired', message: notice, ...stamp }),
      seq: view.seq,
    }
  }

  async move<T>(id: SessionId, to: string, action: (open: OpenMoved) => Promise<T>): Promise<T> {
    const moving = (async () => {
      await this.#releasing.get(id)?.catch(() => undefined)
      const opening = this.#open.get(id)
      if (opening) {
        const { session, close } = await opening
        if (session.runId === null) await session.request('leave', { to })
        this.#forget(id)
        await close()
      }
      return await action((options) => this.#register(id, this.#openHereOrThere(id, options)))
    })()
    this.#moving.set(id, moving)
    try {
      return await moving
    } finally {
      this.#moving.delete(id)
      // Whoever looked at it opens it anew.
      this.#summaries.changed()
    }
  }

  async setFolder(id: SessionId, folder: string): Promise<void> {
    const cwd = await usableFolder(folder)
    await this.#workspace(cwd)
    await this.move(id, 'another folder', async () => {
      const lock = await lockSession(this.#files.lock(id), this.#options.holder)
      try {
        const path = this.#files.journal(id)
        const { state: view, wholeBytes } = await readSessionView(path, id)
        const entry: SessionEntry = { type: 'folder', seq: view.seq + 1, at: this.#services.clock.now(), cwd }
        const journal = await Journal.open(path, wholeBytes, () => undefined)
        journal.append(entry)
        await journal.close()
        const summary = summarise(applyEvent(view, entry))
        await this.#files.writeSummary(summary)
        this.#summaries.set(summary)
      } finally {
        await lock.release()
      }
    })
  }

  /** Sessions with a turn that goes on, whoever has them open. Only those that are open are looked at. */
  async working(): Promise<WorkingSession[]> {
    await this.#prepare()
    const found = await Promise.all(
      (await this.#files.locked()).map(async (id): Promise<WorkingSession | null> => {
        const holder = await sessionHolder(this.#files.lock(id))
        const summary = holder === null ? null : await this.#files.readSummary(id)
        return summary && holder !== null && goesOn(summary.state) ? { summary, holder } : null
      }),
    )
    return found.filter((one) => one !== null)
  }

  opened(id: SessionId): Session | undefined {
    return this.#live.get(id)
  }

  async find(prefix: string): Promise<SessionId> {
    await this.#files.prepare()
    const fitting = (await this.#files.ids()).filter((id) => id.startsWith(prefix))
    const [only] = fitting
    if (only && fitting.length === 1) return only
    if (!only)
      throw new FailureError(
        failure('not-found', `No session starts with "${prefix}".`, { remedy: { kind: 'list', what: 'sessions' } }),
      )
    throw new FailureError(
      failure('invalid-input', `More than one session starts with "${prefix}": ${fitting.slice(0, 5).join(', ')}.`),
    )
  }

  /** The path of the journal of a session, whoever writes it. */
  journalOf(id: SessionId): string {
    return this.#files.journal(id)
  }

  async release(id: SessionId): Promise<void> {
    const opening = this.#open.get(id)
    if (!opening) return
    // Nobody who asked for it goes on before it is closed.
    const releasing = this.#releasing.get(id) ?? this.#release(id, opening).finally(() => this.#releasing.delete(id))
    this.#releasing.set(id, releasing)
    await releasing
  }

  async #release(id: SessionId, opening: Promise<OpenSession>): Promise<void> {
    const { session, close } = await opening
    // A question outlives the process that asked it.
    if (session.runId === null)
      await (waitsForAnswer(session.view())
        ? session.request('leave', { to: 'the next start' })
        : session.request('stop', {}))
    // Whoever moves it may have closed it meanwhile.
    if (this.#open.get(id) !== opening) return
    try {
      await close()
    } finally {
      if (this.#open.get(id) === opening) this.#forget(id)
    }
  }

  async remove(id: SessionId): Promise<void> {
    if (this.#open.has(id)) await this.release(id)
    // Refused while another process has it open.
    else await (await lockSession(this.#files.lock(id), this.#options.holder)).release()
    try {
      await this.#files.remove(id)
    } catch (error) {
      throw new FailureError(storageFailure('remove the session', error), { cause: error })
    }
    this.#summaries.delete(id)
  }

  async addImage(bytes: Uint8Array, name: string): Promise<ImagePart> {
    return await this.#files.blobs.addImage(bytes, name)
  }

  /** Ends running turns and gives up all locks. */
  async close(): Promise<void> {
    this.#summaries.close()
    await Promise.all([...this.#open.keys()].map((id) => this.release(id)))
  }

  #workspace(cwd: string, addedFolders?: readonly string[]): Promise<Workspace> {
    return sessionWorkspace(this.#options.dataFolder, cwd, addedFolders)
  }

  async #prepare(): Promise<void> {
    try {
      await this.#files.prepare()
    } catch (error) {
      throw new FailureError(storageFailure('make the data folder', error), { cause: error })
    }
  }

  #forget(id: SessionId): void {
    this.#open.delete(id)
    this.#live.delete(id)
  }

  #isWrittenHere(id: SessionId): boolean {
    return this.#open.has(id) && this.#live.get(id)?.runId === null
  }

  async #register(id: SessionId, opening: Promise<OpenSession>): Promise<Session> {
    this.#open.set(id, opening)
    try {
      const { session } = await opening
      this.#live.set(id, session)
      return session
    } catch (error) {
      this.#open.delete(id)
      throw error
    }
  }

  /** Takes the lock and the journal, and keeps the summary current from here on. */
  async #hold(
    id: SessionId,
    wholeBytes: number,
    session: LiveSession,
    taken?: { release(): Promise<void> },
    first?: SessionEntry,
  ): Promise<OpenSession> {
    const lock = taken ?? (await lockSession(this.#files.lock(id), this.#options.holder))
    return await holdSession(session, {
      lock,
      path: this.#files.journal(id),
      wholeBytes,
      first,
      onSummary: (summary) => this.#summaries.set(summary),
      writeSummary: (summary) => this.#files.writeSummary(summary),
    })
  }
}

function isGone(error: unknown): error is FailureError {
  return error instanceof FailureError && error.failure.code === 'not-found'
}
