import type { Failure } from '#shared/failure.ts'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import type { MessageId, ProfileId, RunId, SessionId } from '#shared/ids.ts'
import type { RunLink } from '#shared/limits/run-link.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import type { Content, ImagePart } from '#shared/session/content.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { SessionVerb, VerbInput } from '#shared/session/session-verbs.ts'
import type { SessionView, TurnEnd } from '#shared/session/session-view.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'

/** Where a message stands among those that wait: before that one, or after all where that one was read meanwhile. */
export interface QueuePosition {
  before: MessageId
}

/** A turn that goes on. `end` rejects for a defect of ours only. */
export interface Begun {
  end: Promise<TurnEnd>
}

/** What carries out each verb. */
export type VerbHandlers = {
  readonly [Name in SessionVerb]: (input: VerbInput<Name>) => Promise<Begun | undefined>
}

/** One open conversation. It is written here, or by the worker of a background run, which nobody needs to know. */
export interface Session {
  readonly id: SessionId
  /** The background run that it belongs to; null = it runs in this process. */
  readonly runId: RunId | null
  /** Why nothing more comes of the session: its worker does not answer. null = all is well. */
  connectionFailure(): Failure | null
  view(): SessionView
  /**
   * Every event after the current view, in order; the listeners must not throw. `onSnapshot`: the view was replaced by a
   * newer one, and the events between the two are not told.
   */
  subscribe(listener: (event: SessionEvent) => void, onSnapshot?: () => void): Unsubscribe
  /**
   * Does what is asked: `sessionVerbs` says what each verb means, and with which codes its `FailureError` says no. Resolves
   * when that is done and in the journal; a turn that it began goes on.
   */
  request<Name extends SessionVerb>(name: Name, input: VerbInput<Name>): Promise<Begun | undefined>
  /**
   * Runs a turn to its end. While one runs, the text is queued and read at its next step, and the promise is that of the turn
   * that read it; what a turn did not read before it was stopped waits for `sendQueued` or the next message. Never rejects for what a backend, a tool or a budget did: that is in the `TurnEnd`.
   * Rejects with `FailureError` (`not-found` no such profile, `storage` the journal cannot be written, `invalid-input` a
   * policy manifest is broken: nothing was sent).
   */
  send(content: Content, options?: SendOptions): Promise<TurnEnd>
  /**
   * The same, but resolves as soon as the message is in the journal; `end` never rejects for what `send` does not. `position`:
   * where the message stands among those that wait; missing = after them.
   */
  begin(content: Content, options?: SendOptions, position?: QueuePosition): Promise<Begun>
  /** Goes on in this process with a turn that was left open; null = there is none. `end` as with `begin`. */
  continueOpenTurn(options?: SendOptions): Promise<Begun | null>
  /** The verb `resume`, for a turn that is to be run in another way. */
  resume(options?: SendOptions): Promise<Begun>
  /** The link by which a child session spends from the purse of the turn that runs here; null = none runs. */
  runLink(): RunLink | null
}

/** A session that another process has open, seen and steered from here. */
export interface AttachedSession extends Session {
  /** Calls when the other process ended, is gone, or does not answer. At once, if it is so already. */
  onEnd(listener: () => void): void
  /** Ends the connection; the session goes on over there. */
  close(): void
}

/** A session with a turn that goes on in a window or a terminal. */
export interface WorkingSession {
  summary: SessionSummary
  /** Who has it open, for a person: "the window", "a terminal". */
  holder: string
}

/** What a process knows of a session that it runs for somebody else. */
export interface Hosting {
  /** The run that all turns of this session are children of: a background run. */
  parentRun?: RunLink
  /** Whether somebody is there who can say what becomes of a run at a limit. Default: whoever can answer approvals. */
  isWatched?(): boolean
}

export interface NewSession extends Hosting {
  /** If it is known before. */
  id?: SessionId
  cwd: string
  profileId: ProfileId
  permissions: Permissions
  overrides?: ProfileOverrides
  addedFolders?: readonly string[]
  /** Replaces / follows the built-in system prompt. */
  systemPrompt?: string
  appendSystemPrompt?: string
  /** It is to answer one prompt, and not begun as a conversation. */
  oneTime?: boolean
  /** false = nobody watches: a turn ends at an approval as `needs-approval`, and at a limit as `budget`. */
  canAnswer: boolean
}

export interface OpenOptions extends Hosting {
  /** Default true. */
  canAnswer?: boolean
  addedFolders?: readonly string[]
  /** Default true. false: a turn that was left open stays open, for `continueOpenTurn`. */
  closeOpenTurn?: boolean
  /** A turn that only waited for an answer goes on, and asks again; then `closeOpenTurn` does not count. */
  asksAgain?: boolean
  /** Where its folder is gone, it is opened all the same, and refuses all but to be read. */
  mayRead?: boolean
}

export type OpenMoved = (options: OpenOptions) => Promise<Session>

export interface Sessions {
  /** Newest first; from the summaries, no journal is read. */
  list(): readonly SessionSummary[]
  /** Reads the summaries of all sessions; before it, `list` holds only what was opened here. */
  load(): Promise<void>
  /** Whenever a summary appeared, changed or went. */
  onChange(listener: () => void): Unsubscribe
  /** `FailureError`: `invalid-input` (folder missing or not readable, broken policy), `not-found` (profile), `storage`. */
  create(options: NewSession): Promise<Session>
  /**
   * Opens a journal, marks a turn that nobody ended as interrupted, and holds the session's lock until `release`. One
   * that a background run has open is seen and steered over there.
   * `FailureError`: `not-found`, `busy` (another process has it open, the message names it), `storage` (unreadable),
   * `timeout` (its background run does not answer).
   */
  open(id: SessionId, options?: OpenOptions): Promise<Session>
  /** Its view from the journal, without opening it. Rejects like `open`, but for `busy`. */
  peek(id: SessionId): Promise<SessionView>
  /** The open session, or undefined. */
  opened(id: SessionId): Session | undefined
  /** A prefix that fits exactly one session; `FailureError` `not-found` or `invalid-input` with the candidates. */
  find(prefix: string): Promise<SessionId>
  /**
   * Gives a session up, runs `action`, which gives it to another process or takes it from there, and meanwhile lets
   * everybody wait who wants to open it; only `action` can. A running turn stays open.
   */
  move<T>(id: SessionId, to: string, action: (open: OpenMoved) => Promise<T>): Promise<T>
  /** From now on it works in that folder. `FailureError`: `invalid-input` the folder, `not-found`, `busy`, `storage`. */
  setFolder(id: SessionId, folder: string): Promise<void>
  /** Closes one and gives up its lock; a turn that runs here is stopped first, one that waits for an answer stays open. */
  release(id: SessionId): Promise<void>
  remove(id: SessionId): Promise<void>
  /** Keeps an image for a message. `FailureError`: `invalid-input` it is none that models read, or too large; `storage`. */
  addImage(bytes: Uint8Array, name: string): Promise<ImagePart>
}
