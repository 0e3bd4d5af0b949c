import type { ApprovalAnswer, ApprovalRequest } from '#shared/approval/approval.ts'
import { failure } from '#shared/failure.ts'
import type { FailureRemedy } from '#shared/failure-remedy.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { counted } from '#shared/lib/counted.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { AnsweredCall } from '#shared/session/message.ts'
import { ruleAllows } from '../tools/approval/approval-rule.ts'
import { prepareCall } from '../tools/contract/prepare-call.ts'
import type { ApprovalPreview, Tool, ToolContext, ToolResult } from '../tools/contract/tool.ts'
import type { TurnContext, TurnOutcome } from './turn.ts'

/** How often a call whose file changes under it is prepared again where nobody is asked in between. */
const TRIES = 3

/** What it needs of the turn. */
type Asker = Pick<
  TurnContext,
  | 'answerMs'
  | 'ask'
  | 'conversation'
  | 'elapsed'
  | 'emit'
  | 'now'
  | 'permissions'
  | 'persisted'
  | 'policy'
  | 'sessionRules'
  | 'signal'
  | 'startSession'
  | 'toolContext'
>

/** It did not run; `end` = and with that the turn ends. `reason` = what the person wrote instead of allowing it. */
interface Refused {
  kind: 'refused'
  reason?: string
  answer: Pick<ToolResult, 'output' | 'summary'>
  end?: TurnOutcome
}

type CarriedOut =
  /** `started` = it did not already fail while it was prepared. */
  { kind: 'ran'; result: ToolResult; durationMs: number; started: boolean } | Refused

/**
 * Prepares a call, asks where the permissions say so, and does what was shown, or nothing: if a file is not any more what
 * the question was about, it is asked again with what would happen now.
 */
export async function carryOut(turn: Asker, tool: Tool, input: unknown, call: AnsweredCall): Promise<CarriedOut> {
  /** A question that stands and that nobody has answered. */
  let open: Permissions | null = null
  let outdated = 0
  for (;;) {
    const permissions = turn.permissions()
    let verdict = judge(turn, tool, input, permissions, open)
    if (verdict === 'deny') return notAllowed(turn, tool)
    const asksAgain = verdict === 'ask' && outdated > 0
    const prepared = await prepareCall(tool, input, contextOf(turn, call, permissions, verdict === 'ask'))
    if (prepared.kind === 'settled') return { kind: 'ran', result: prepared.result, durationMs: 0, started: false }
    if (verdict === 'allow' && isBeyond(prepared.preview, tool, permissions)) verdict = 'ask'
    if (verdict === 'ask') {
      const preview = prepared.preview ?? plainPreview(tool, call)
      const answer = await ask(turn, tool, call, asksAgain ? again(preview) : preview, permissions)
      open = answer.kind === 'permissions-changed' ? permissions : null
      if (answer.kind === 'permissions-changed') continue
      if (answer.kind === 'refused') return answer
      outdated = 0
    } else if (open) {
      turn.emit({
        type: 'approval-answer',
        callId: call.callId,
        answer: { decision: 'allow-once' },
        by: 'permissions',
      })
      open = null
    }
    turn.emit({ type: 'phase', phase: 'running-tool', detail: tool.name })
    // A change that the journal does not know of would be made again after a crash.
    if (tool.access !== 'read') await turn.persisted()
    const startedAt = turn.elapsed()
    const outcome = await prepared.run(verdict === 'ask')
    switch (outcome.kind) {
      case 'done':
        return { kind: 'ran', result: outcome.result, durationMs: turn.elapsed() - startedAt, started: true }
      case 'outdated':
        outdated += 1
        if (outdated >= TRIES) return { kind: 'ran', result: NEVER_STILL, durationMs: 0, started: false }
        break
      default:
        assertNever(outcome)
    }
  }
}

const NEVER_STILL: ToolResult = {
  ok: false,
  output: 'Error: the file changed each time just before it was written; nothing was done. Find out what writes it.',
  summary: 'changed meanwhile',
}

function contextOf(turn: Asker, { callId }: AnsweredCall, { sandbox }: Permissions, isShown: boolean): ToolContext {
  const { startSession, signal } = turn
  return {
    ...turn.toolContext,
    ...(startSession && { startSession: (order) => startSession(order, signal) }),
    ...{ signal, sandbox, isShown },
    known: (path) => turn.conversation.files.known(path),
    onOutput: (text) => turn.emit({ type: 'tool-output', callId, text }),
  }
}

/** `open` = the permissions with which a question was asked that still stands. */
function judge(
  turn: Asker,
  { name, access }: Tool,
  input: unknown,
  permissions: Permissions,
  open: Permissions | null,
): 'allow' | 'ask' | 'deny' {
  if (access === 'read') return 'allow'
  if (access === 'unknown') return allowsAll(permissions) ? 'allow' : 'ask'
  const permission = permissions[access]
  if (permission === 'ask') {
    return [...turn.sessionRules].some((rule) => ruleAllows(rule, { name, input })) ? 'allow' : 'ask'
  }
  // What was on the screen said that a sandbox holds it.
  if (permission === 'allow' && access === 'shell' && open?.sandbox && !permissions.sandbox) return 'ask'
  return permission
}

/** Whether the permissions allow even what nobody knows: all of it, without a sandbox, which would not hold it anyway. */
function allowsAll({ write, shell, sandbox }: Permissions): boolean {
  return write === 'allow' && shell === 'allow' && !sandbox
}

/** What a person is asked of a tool that cannot say what it would do: the call as the model made it. */
function plainPreview({ name, access }: Tool, { arguments: text }: AnsweredCall): ApprovalPreview {
  const nothingMore = { name: 'This session', text: 'would allow nothing more: it is asked about each time' }
  return {
    purpose: `to use ${name}`,
    subject: { kind: 'command', command: `${name} ${text}` },
    facts: [
      ...(access === 'unknown' ? [{ name: 'Can reach', text: 'whatever it likes: it is no tool of this app' }] : []),
      nothingMore,
    ],
    sessionRule: '',
    beyond: 'session-rules',
  }
}

/** Whether what allows the call does not count for what it would do. */
function isBeyond(preview: ApprovalPreview | null, { access }: Tool, permissions: Permissions): boolean {
  if (preview?.beyond === 'permissions') return true
  if (access === 'read' || access === 'unknown') return false
  return preview?.beyond === 'session-rules' && permissions[access] === 'ask'
}

function notAllowed(turn: Asker, { access }: Tool): Refused {
  const path = access === 'write' || access === 'shell' ? turn.policy.denier(access) : null
  const who = path === null ? "the user's permissions do" : `the policy in ${path} does`
  return {
    kind: 'refused',
    answer: {
      output: `Error: ${who} not allow ${whatItDoes(access)}. Say what you would do instead.`,
      summary: path === null ? 'not allowed' : 'denied by the policy',
    },
  }
}

async function ask(
  turn: Asker,
  { name, access }: Tool,
  { callId, recovered }: AnsweredCall,
  preview: ApprovalPreview,
  permissions: Permissions,
): Promise<{ kind: 'allowed' } | { kind: 'permissions-changed' } | Refused> {
  const { beyond, ...shown } = preview
  if (!turn.ask) {
    if (beyond === 'permissions') {
      const output = 'Error: this needs the yes of a person each time, and nobody is there. It was not done.'
      return { kind: 'refused', answer: { output, summary: 'needs an approval' } }
    }
    return needsApproval(
      `${whatItDoes(access)} needs an approval, and nobody is there to give it`,
      'needs an approval',
      `The agent wants to ${actOf(access)}, and nobody is there to allow it.`,
      remedyFor(access, 'begin'),
    )
  }
  const request: ApprovalRequest = { callId, tool: name, recovered, ...shown }
  const limit = turn.answerMs()
  turn.emit({ type: 'approval-request', request, ...(limit !== null && { until: turn.now() + limit }) })
  turn.emit({ type: 'phase', phase: 'waiting-approval' })
  for (;;) {
    const outcome = await turn.ask(request, turn.signal)
    switch (outcome.kind) {
      case 'answered':
        return answered(turn, { callId, access, rule: preview.sessionRule }, outcome.answer)
      case 'unanswered': {
        const why = `${whatItDoes(access)} needs an approval, and nobody answered`
        return needsApproval(why, 'nobody answered', unanswered(access, limit), remedyFor(access, 'go-on'))
      }
      case 'permissions-changed':
        if (concerns(access, permissions, turn.permissions())) return outcome
        break
      default:
        assertNever(outcome)
    }
  }
}

function answered(
  turn: Asker,
  { callId, access, rule }: { callId: string; access: Tool['access']; rule: string },
  answer: ApprovalAnswer,
): { kind: 'allowed' } | Refused {
  turn.emit({ type: 'approval-answer', callId, answer })
  if (answer.decision === 'deny') {
    const reason = answer.reason ? ` The user says: ${answer.reason}` : ''
    return {
      kind: 'refused',
      ...(answer.reason && { reason: answer.reason }),
      answer: { output: `Error: the user denied this call.${reason}`, summary: 'denied by you' },
    }
  }
  // What a foreign tool calls its rule must not allow anything.
  const isOurs = access !== 'unknown' && rule !== ''
  if (answer.decision === 'allow-session' && isOurs) turn.sessionRules.add(rule)
  return { kind: 'allowed' }
}

/** Whether other permissions say something else of a question that was asked with the first ones. */
function concerns(access: Tool['access'], asked: Permissions, now: Permissions): boolean {
  if (access === 'unknown') return allowsAll(now)
  return access !== 'read' && (now[access] !== 'ask' || (access === 'shell' && now.sandbox !== asked.sandbox))
}

/** The same question once more must not look like an answer that got lost. */
function again(preview: ApprovalPreview): ApprovalPreview {
  return { ...preview, facts: [ASKED_AGAIN, ...preview.facts] }
}

const ASKED_AGAIN = {
  name: 'Asked again',
  text: 'the file was changed while the question was open; this is what would happen to it now',
}

function whatItDoes(access: Tool['access']): string {
  if (access === 'unknown') return 'a tool that is not of this app'
  return access === 'write' ? 'changing files' : 'running commands'
}

function needsApproval(why: string, summary: string, message: string, remedy: FailureRemedy): Refused {
  return {
    kind: 'refused',
    answer: { output: `Error: ${why}.`, summary },
    end: { reason: 'needs-approval', failure: failure('invalid-input', message, { remedy }), budget: null },
  }
}

function unanswered(access: Tool['access'], limit: number | null): string {
  const seconds = Math.round((limit ?? 0) / 1000)
  const time = seconds < 120 ? counted(seconds, 'second') : counted(Math.round(seconds / 60), 'minute')
  return `The agent wanted to ${actOf(access)}, and nobody answered for ${time}.`
}

function remedyFor(access: Tool['access'], again: 'begin' | 'go-on'): FailureRemedy {
  return { kind: 'allow', access: access === 'read' ? 'unknown' : access, again }
}

function actOf(access: Tool['access']): string {
  if (access === 'unknown') return 'use a tool that is not of this app'
  return access === 'write' ? 'change a file' : 'run a command'
}
