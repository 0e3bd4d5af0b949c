import { z } from 'zod'
import { ApprovalAnswer } from '../approval/approval.ts'
import { MessageId, ProfileId, TurnId } from '../ids.ts'
import { BudgetAnswer } from '../limits/budget.ts'
import { Permissions } from '../policy/permissions.ts'
import { ProfileOverrides } from '../profile/profile-overrides.ts'
import { MOST_VERIFY_COMMANDS, VerifyCommand } from '../verify/verify-command.ts'

/** About 1 MB: longer than any message a person writes, short enough to refuse a runaway page. */
export const MessageText = z.string().min(1).max(1_000_000)

interface Verb<Input extends z.ZodObject, FromWindow extends z.ZodObject | null> {
  /** What another process of ours says with it. */
  readonly input: Input
  /** What the window says with it, which shows what models write: never more than `input`. null = it cannot ask this. */
  readonly fromWindow: FromWindow
  /** Whether it begins a turn, or hands something to the one that goes on. */
  readonly begins: boolean
}

/** What the window may ask like everybody else. */
function verb<Input extends z.ZodObject>(input: Input): Verb<Input, Input> {
  return { input, fromWindow: input, begins: false }
}

function verbThatBegins<Input extends z.ZodObject>(input: Input): Verb<Input, Input> {
  return { input, fromWindow: input, begins: true }
}

/** What the window may not ask, or only in part. */
function guarded<Input extends z.ZodObject, FromWindow extends z.ZodObject | null>(
  input: Input,
  fromWindow: FromWindow,
): Verb<Input, FromWindow> {
  return { input, fromWindow, begins: false }
}

const nothing = z.object({})

/**
 * All that an open session can be asked to do. The requests of the window, the requests of the worker's protocol and
 * `Session.request` follow from this table: a new verb is an entry here, a handler in `LiveSession` and whoever asks it.
 * What comes of a verb is told by the events of the session. A change that an older worker would not understand raises
 * RUN_PROTOCOL; a new verb does not, because a worker that does not know it says so.
 */
export const sessionVerbs = {
  /** Starts a turn, or hands the text to the running one as its next message: `before` another one that waits, or after all. */
  send: verbThatBegins(z.object({ text: MessageText, before: MessageId.optional() })),
  /**
   * Goes on with the last turn, which failed or was cut, in its place. `invalid-input` = that turn is complete, `busy` = one
   * goes on.
   */
  resume: verbThatBegins(nothing),
  /** Begins a turn with the messages that wait, where no turn goes on. `not-found` = none waits, `busy` = one goes on. */
  sendQueued: verbThatBegins(nothing),
  /** Takes back a message that the model has not read. `not-found` = it was read, or taken back elsewhere. */
  takeBack: verb(z.object({ messageId: MessageId })),
  /**
   * Ends that turn as `aborted`, and no later one; done when its last event is out. Without `turnId` it ends whichever
   * runs. `not-found` = that turn is over, and another one goes on.
   */
  stop: guarded(z.object({ turnId: TurnId.optional() }), z.object({ turnId: TurnId })),
  /** Answers an approval. `not-found` = that call does not wait any more. */
  answer: verb(z.object({ callId: z.string().max(500), answer: ApprovalAnswer })),
  /** Says what becomes of a run that waits at a limit. `not-found` = it does not wait any more. */
  answerBudget: verb(z.object({ answer: BudgetAnswer })),
  /** `overrides` would lead a stored key to another server, so the window cannot say them. */
  setProfile: guarded(
    z.object({ profileId: ProfileId, overrides: ProfileOverrides.optional() }),
    z.object({ profileId: ProfileId }),
  ),
  setPermissions: verb(z.object({ permissions: Permissions })),
  /** The commands that must pass before a turn counts as done; null = those of the folder and the profile. */
  setVerify: verb(z.object({ commands: z.array(VerifyCommand).max(MOST_VERIFY_COMMANDS).nullable() })),
  rename: verb(z.object({ title: z.string().min(1).max(200) })),
  /** Does nothing; it is done when everything so far is in the journal file. */
  persisted: guarded(nothing, null),
  /**
   * Stops at the next safe point, but leaves the turn open, so that another process can go on with it: a tool that runs is
   * let finish, an answer that is being written is not. `to`: who goes on, for a person. Only `persisted` may follow.
   */
  leave: guarded(z.object({ to: z.string().max(100) }), null),
} as const

export type VerbTable = Readonly<Record<string, Verb<z.ZodObject, z.ZodObject | null>>>
export type SessionVerb = keyof typeof sessionVerbs
export type VerbInputs = { [Name in SessionVerb]: z.output<(typeof sessionVerbs)[Name]['input']> }
export type VerbInput<Name extends SessionVerb> = VerbInputs[Name]
