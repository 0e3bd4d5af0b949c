import { z } from 'zod'
import { ApprovalAnswer, ApprovalRequest } from '../approval/approval.ts'
import { FileDiff } from '../approval/file-diff.ts'
import { Failure } from '../failure.ts'
import { MessageId, ProfileId, SessionId, TurnId } from '../ids.ts'
import { BudgetDecision, BudgetStop } from '../limits/budget.ts'
import { Permissions } from '../policy/permissions.ts'
import { BackendKind } from '../profile/profile.ts'
import { Usage } from '../spending/usage.ts'
import { MOST_VERIFY_COMMANDS, VerifyCommand, VerifyMark } from '../verify/verify-command.ts'
import { ContentPart } from './content.ts'
import { SendOptions } from './send-options.ts'
import { ToolDefinition } from './tool-definition.ts'
import { NotRunReason, ToolKind } from './tool-kind.ts'

/**
 * The newest version of the journal format; a reader refuses a newer one. A journal is of version 2 from the first entry on
 * that has parts, which builds that know only version 1 would lose without a word; until then it is of version 1.
 */
export const JOURNAL_VERSION = 2
/** Of a journal that begins. */
export const FIRST_JOURNAL_VERSION = 1

/** Which backend answers from here on; enough to show it when the profile itself is gone. */
const ProfileUse = z.object({ profileId: ProfileId, profileName: z.string(), kind: BackendKind, model: z.string() })
export type ProfileUse = z.infer<typeof ProfileUse>

const stamp = { seq: z.number().int().nonnegative(), at: z.number().int().nonnegative() }
function entry<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.object({ type: z.literal(type), ...stamp, ...shape })
}

/**
 * What a model has seen of a file, or written itself: before it replaces a whole file, it must know the whole of it as it
 * is. `lines` = only these, from 1, of so many.
 */
const SeenFile = z.object({
  path: z.string(),
  /** Names the content: the same for the same bytes. */
  version: z.string(),
  lines: z.object({ first: z.number().int(), last: z.number().int(), of: z.number().int() }).optional(),
})
export type SeenFile = z.infer<typeof SeenFile>

/** Why a turn ended. `interrupted` is written by whoever finds a turn that nobody ended. */
export const TurnEndReason = z.enum(['completed', 'budget', 'aborted', 'failed', 'needs-approval', 'interrupted'])
export type TurnEndReason = z.infer<typeof TurnEndReason>

/** `denied`: a person or the permissions said no. `not-run`: cut, interrupted or malformed, so it never started. */
export const ToolOutcome = z.enum(['done', 'failed', 'denied', 'not-run'])
export type ToolOutcome = z.infer<typeof ToolOutcome>

/**
 * One line of a journal. `seq` grows by at least one from line to line; `at` is milliseconds since 1970.
 * A session's state is a fold over its entries; nothing else is stored.
 */
export const SessionEntry = z.discriminatedUnion('type', [
  entry('session-start', {
    version: z.union([z.literal(FIRST_JOURNAL_VERSION), z.literal(JOURNAL_VERSION)]),
    sessionId: SessionId,
    cwd: z.string(),
    /** Kept so that the first bytes of every request stay the same after an update of the app. */
    systemPrompt: z.string(),
    /** For the same reason the tools of its first requests, and so of all. Older journals lack them. */
    tools: z.array(ToolDefinition).optional(),
    profile: ProfileUse,
    permissions: Permissions,
    /** Begun to answer one prompt of a terminal, not as a conversation. */
    oneTime: z.boolean().optional(),
  }),
  entry('title', { title: z.string() }),
  /** From here on it works in another folder; its first one may be gone. */
  entry('folder', { cwd: z.string() }),
  entry('profile', { profile: ProfileUse }),
  entry('permissions', { permissions: Permissions }),
  /** How work is checked from here on, before a turn counts as done; null = as the folder and the profile ask. */
  entry('verify', { commands: z.array(VerifyCommand).max(MOST_VERIFY_COMMANDS).nullable() }),
  entry('turn-start', {
    turnId: TurnId,
    /** The message in words. */
    text: z.string(),
    /** The message itself, where it is more than text. */
    parts: z.array(ContentPart).optional(),
    /** Volatile facts that ride in front of the newest user message, such as the date; empty = none. */
    facts: z.string(),
    /**
     * What the folder says about how to work there, behind the facts; missing = nothing that the model does not know. Apart
     * from them, so that a new day does not say all of it again.
     */
    instructions: z.string().optional(),
    /** How it is run, where that differs from what the session is used to: whoever goes on with it must know. */
    options: SendOptions.optional(),
    /** Messages that waited and are part of its text now. */
    queued: z.array(MessageId).optional(),
  }),
  /** A turn that ended before it was complete goes on, without a new message of the person. */
  entry('turn-resume', { turnId: TurnId }),
  /** Written while a turn ran: it waits until the model reads it, as a `follow-up` or in a turn of its own. */
  entry('message-queued', {
    messageId: MessageId,
    text: z.string(),
    parts: z.array(ContentPart).optional(),
    /** It is read before this one, if that still waits; missing = after all others. */
    before: MessageId.optional(),
  }),
  entry('message-taken-back', { messageId: MessageId }),
  entry('model-call-start', {
    model: z.string(),
    /** A request of the app's own: its answer is no part of the conversation. */
    purpose: z.literal('summary').optional(),
  }),
  entry('reasoning-delta', { text: z.string() }),
  entry('text-delta', { text: z.string() }),
  entry('model-call-end', {
    /** As normalised: stop, length, tool_calls, content_filter, error, other, unknown, or aborted. */
    finish: z.string(),
    toolCalls: z.array(
      z.object({
        callId: z.string(),
        name: z.string(),
        arguments: z.string(),
        recovered: z.boolean(),
        mended: z.string().optional(),
        /** Why it must not run, such as that it was cut. */
        problem: z.string().optional(),
        /** The problem is that the answer was cut. */
        cut: z.literal(true).optional(),
      }),
    ),
    /** Opaque to us, returned unmodified to the server that sent it (docs/servers.md B.5). */
    reasoningDetails: z.unknown().optional(),
  }),
  entry('usage', { usage: Usage }),
  /** `until`: when the run ends unless somebody has answered; milliseconds since 1970. Missing = it waits. */
  entry('approval-request', { request: ApprovalRequest, until: z.number().optional() }),
  /** `by: permissions`: nobody answered the question itself; the session's permissions were changed to allow it. */
  entry('approval-answer', { callId: z.string(), answer: ApprovalAnswer, by: z.literal('permissions').optional() }),
  /** A limit is reached, and somebody who watches is asked what becomes of the run. */
  entry('budget-request', { stop: BudgetStop }),
  entry('budget-answer', { answer: BudgetDecision }),
  entry('tool-start', {
    callId: z.string(),
    name: z.string(),
    arguments: z.string(),
    recovered: z.boolean(),
    /** Missing in older journals, see `toolKindOf`. */
    toolKind: ToolKind.optional(),
    /** For a person: List, Read, Search, Find, Edit, Write, Run. */
    verb: z.string(),
    target: z.string(),
    /** The app made this call, to see whether the work is done: the model does not read it. */
    verify: VerifyMark.optional(),
  }),
  entry('tool-end', {
    callId: z.string(),
    outcome: ToolOutcome,
    /** What the model reads, in words. */
    output: z.string(),
    parts: z.array(ContentPart).optional(),
    /** What a person reads at the right of the row: "7 matches in 3 files". */
    summary: z.string(),
    durationMs: z.number().int().nonnegative(),
    diff: FileDiff.optional(),
    exitCode: z.number().int().optional(),
    /** What the model knows of a file after this call. */
    file: SeenFile.optional(),
    /** Of a call that did not run. */
    notRun: NotRunReason.optional(),
    /** As in its `tool-start`. */
    verify: VerifyMark.optional(),
  }),
  /** Said to the model in mid-turn: by the person while it worked, or by the app (such as after a swallowed answer). */
  entry('follow-up', {
    text: z.string(),
    parts: z.array(ContentPart).optional(),
    origin: z.enum(['user', 'app']),
    /** It had been queued under this id. */
    messageId: MessageId.optional(),
  }),
  entry('warning', { code: z.string(), message: z.string() }),
  /** From here on the model reads the summary in place of all before the entry `keptFromSeq`. */
  entry('compaction', { summary: z.string(), keptFromSeq: z.number().int().nonnegative() }),
  entry('turn-end', {
    turnId: TurnId,
    reason: TurnEndReason,
    failure: Failure.nullable(),
    budget: BudgetStop.nullable(),
    /** How long it took, whatever became of the computer's clock meanwhile. Older journals lack it. */
    durationMs: z.number().int().nonnegative().optional(),
  }),
])
export type SessionEntry = z.infer<typeof SessionEntry>
