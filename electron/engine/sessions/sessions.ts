import type { SessionSummary } from '#shared/app-state.ts'
import type { ApprovalAnswer } from '#shared/approval.ts'
import type { BudgetAnswer, LimitName, Limits } from '#shared/budget.ts'
import type { ProfileId, SessionId } from '#shared/ids.ts'
import type { Permissions } from '#shared/permissions.ts'
import type { SessionEvent } from '#shared/session-event.ts'
import type { SessionView, TurnEnd } from '#shared/session-view.ts'
import type { RunLink } from '../budget/run-link.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { ProfileOverrides } from '../profiles/profile-overrides.ts'

export interface SendOptions {
  limits?: Limits
  /** Where each was set, for a person, such as a flag. */
  limitOrigins?: Partial<Record<LimitName, string>>
  /** The run that this one is a child of: it spends from its purse. */
  parentRun?: RunLink
  /** JSON Schema that the final answer must follow. */
  responseSchema?: Record<string, unknown>
  stream?: boolean
}

/** One open conversation: the only writer of its journal while it is open here. */
export interface Session {
  readonly id: SessionId
  view(): SessionView
  /** Every event after the current view, in order; the listener must not throw. */
  subscribe(listener: (event: SessionEvent) => void): Unsubscribe
  /**
   * Runs a turn to its end. While one runs, the text is handed to it and read at its next step, and the promise is that
   * turn's. Never rejects for what a backend, a tool or a budget did: that is in the `TurnEnd`.
   * Rejects with `FailureError` (`not-found` no such profile, `storage` the journal cannot be written, `invalid-input` a
   * policy manifest is broken: nothing was sent).
   */
  send(text: string, options?: SendOptions): Promise<TurnEnd>
  /** The same, but resolves as soon as the message is in the journal; `end` never rejects for what `send` does not. */
  begin(text: string, options?: SendOptions): Promise<{ end: Promise<TurnEnd> }>
  /** Ends the running turn as `aborted`; resolves when its last event is out. Nothing runs: nothing happens. */
  stop(): Promise<void>
  /** `FailureError` `not-found` when that call does not wait any more. */
  answer(callId: string, answer: ApprovalAnswer): void
  /** `FailureError` `not-found` when it does not wait at a limit any more. */
  answerBudget(answer: BudgetAnswer): void
  /** For a child of the run that goes on here; null = none does. */
  runLink(): RunLink | null
  setProfile(profileId: ProfileId, overrides?: ProfileOverrides): Promise<void>
  setPermissions(permissions: Permissions): Promise<void>
  rename(title: string): Promise<void>
  /** Resolves when everything so far is in the journal file. */
  persisted(): Promise<void>
}

export interface NewSession {
  cwd: string
  profileId: ProfileId
  permissions: Permissions
  overrides?: ProfileOverrides
  addedFolders?: readonly string[]
  /** Replaces / follows the built-in system prompt. */
  systemPrompt?: string
  appendSystemPrompt?: string
  /** false = nobody watches: a turn ends at an approval as `needs-approval`, and at a limit as `budget`. */
  canAnswer: boolean
}

export interface OpenOptions {
  /** Default true. */
  canAnswer?: boolean
  addedFolders?: readonly string[]
}

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
   * Opens a journal, marks a turn that nobody ended as interrupted, and holds the session's lock until `release`.
   * `FailureError`: `not-found`, `busy` (another process has it open, the message names it), `storage` (unreadable).
   */
  open(id: SessionId, options?: OpenOptions): Promise<Session>
  /** The open session, or undefined. */
  opened(id: SessionId): Session | undefined
  /** A prefix that fits exactly one session; `FailureError` `not-found` or `invalid-input` with the candidates. */
  find(prefix: string): Promise<SessionId>
  /** Closes one and gives up its lock; a running turn is stopped first. */
  release(id: SessionId): Promise<void>
  remove(id: SessionId): Promise<void>
}
