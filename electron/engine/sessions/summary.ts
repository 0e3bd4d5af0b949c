import type { FailureCode } from '#shared/failure.ts'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import { splitText } from '#shared/lib/cut-text.ts'
import { approvalLine } from '#shared/run/run-words.ts'
import { sessionState } from '#shared/session/session-state.ts'
import type { SessionView } from '#shared/session/session-view.ts'

export const LIMIT_NOTE = 'limit reached'
/** Of a turn whose process is gone. */
export const INTERRUPTED = { state: 'interrupted', note: 'interrupted, can go on' } as const

/** What the sidebar and `claw sessions` say of a session. */
export function summarise(view: SessionView): SessionSummary {
  const state = sessionState(view)
  const asks = state === 'waiting' ? askedAbout(view) : null
  return {
    sessionId: view.sessionId,
    title: view.title,
    cwd: view.cwd,
    state,
    ...(asks !== null && { asks }),
    note: note(view, state),
    profileName: view.profile.profileName,
    demo: view.profile.kind === 'demo',
    ...(view.oneTime && view.turns.length <= 1 && { oneTime: true }),
    updatedAt: view.updatedAt,
  }
}

/** null = no approval is asked for. */
function askedAbout({ budgetRequest, approvals }: SessionView): string | null {
  const request = approvals[0]?.request
  return budgetRequest || !request ? null : approvalLine(request)
}

/** Only where a state needs words. */
function note(view: SessionView, state: SessionSummary['state']): string {
  if (state === 'waiting') {
    const asks = askedAbout(view)
    return asks === null ? LIMIT_NOTE : `needs you: ${asks}`
  }
  if (state === 'queued') return view.activity?.phase === 'paused' ? 'paused' : 'queued'
  const end = view.turns.at(-1)?.end
  if (state === 'stopped') return 'stopped by you'
  if (state === 'interrupted') return INTERRUPTED.note
  if (state === 'budget') return LIMIT_NOTE
  if (end?.reason === 'needs-approval') return 'nobody answered'
  if (state === 'failed') return end?.failure ? (shortFailure[end.failure.code] ?? 'failed') : 'failed'
  return ''
}

const shortFailure: Partial<Record<FailureCode, string>> = {
  auth: 'key refused',
  'unknown-model': 'model not found',
  'context-overflow': 'context is full',
  'tools-unsupported': 'tool calls are refused',
  'rate-limit': 'rate limit reached',
  credits: 'no credits left',
  overloaded: 'server is overloaded',
  unreachable: 'server not reachable',
  'verify-failed': 'did not pass',
  timeout: 'server took too long',
  'stream-truncated': 'answer was cut off',
  transport: 'connection lost',
  storage: 'could not be saved',
  loop: 'stopped, it ran in circles',
}

/** The first line of the first message, cut at a word; no model is asked. */
export function titleFrom(text: string): string {
  const line = text.trim().split('\n', 1)[0]?.replace(/\s+/g, ' ') ?? ''
  if (line.length <= TITLE_LENGTH) return line
  const [cut] = splitText(line, TITLE_LENGTH)
  const blank = cut.lastIndexOf(' ')
  return `${blank > TITLE_LENGTH / 2 ? cut.slice(0, blank) : cut}…`
}

const TITLE_LENGTH = 60
