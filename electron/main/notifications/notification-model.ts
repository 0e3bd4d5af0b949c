import type { AppState } from '#shared/feed/app-state.ts'
import type { Place } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import { counted } from '#shared/lib/counted.ts'
import { cutText } from '#shared/lib/cut-text.ts'
import { formatMicroUsd } from '#shared/lib/money.ts'
import type { LimitName, Standing } from '#shared/limits/budget.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import { folderName, isOver, runState } from '#shared/run/run-words.ts'
import type { Work } from './work.ts'

/** What the desktop shows. One event has one key; a click goes to the place. */
export interface AppNotification {
  key: string
  title: string
  body: string
  place: Place
  /** Can be answered by its buttons, where the desktop has them: all that is asked stands in the body. */
  question?: Question
}

export interface Question {
  sessionId: SessionId
  callId: string
}

export interface NotifiableState {
  app: Pick<AppState, 'runs' | 'sessions' | 'spending'>
  work: readonly Work[]
}

const TITLE = 60
const BODY = 200
/** From which share of a limit on it is said. */
const THRESHOLDS = [0.8, 1]

/** What happened from one state to the next that a person may want to know of who does not look. */
export function notificationsOf(before: NotifiableState, after: NotifiableState): AppNotification[] {
  return [
    ...questionsOf(before.work, after),
    ...after.work.flatMap((work) => budgetQuestion(before.work, work)),
    ...after.app.runs.flatMap((run) => endOfRun(before.app.runs, run)),
    ...before.work.flatMap((chat) => endOfChat(chat, after)),
    ...after.app.spending.limits.flatMap((limit) => limitReached(before.app.spending, after.app.spending, limit)),
  ]
}

/** The keys of questions that still wait: what is shown of others can go. */
export function openQuestions(work: readonly Work[]): Set<string> {
  return new Set(
    work.flatMap(({ sessionId, waits, approvals }) =>
      waits && approvals.length === 0
        ? [budgetKey(sessionId)]
        : approvals.map(({ callId }) => questionKey(sessionId, callId)),
    ),
  )
}

function questionsOf(before: readonly Work[], { work }: NotifiableState): AppNotification[] {
  const known = openQuestions(before)
  return work.flatMap(({ sessionId, runId, title, approvals, folder, usable }) =>
    approvals
      .map(({ callId, text }) => ({ key: questionKey(sessionId, callId), callId, text }))
      .filter(({ key }) => !known.has(key))
      .map(({ key, callId, text }) => {
        const whole = `${title}, in ${folder}: ${text}`
        const body = cutText(whole, BODY)
        return {
          key,
          title: 'Approval needed',
          body,
          place: placeOf(sessionId, runId),
          // Nobody allows what they cannot read.
          ...(usable && body === whole && { question: { sessionId, callId } }),
        }
      }),
  )
}

/** It waits and asks for no approval: a limit is reached, and it wants to know what becomes of it. */
function budgetQuestion(
  before: readonly Work[],
  { sessionId, runId, title, waits, approvals }: Work,
): AppNotification[] {
  const asks = (work: Pick<Work, 'waits' | 'approvals'>) => work.waits && work.approvals.length === 0
  const was = before.find((work) => work.sessionId === sessionId)
  if (!asks({ waits, approvals }) || !was || was.waits) return []
  return [
    {
      key: budgetKey(sessionId),
      title: cutText(`Limit reached: ${title}`, TITLE),
      body: 'It asks whether to raise the limit, to finish or to stop.',
      place: placeOf(sessionId, runId),
    },
  ]
}

function endOfRun(before: readonly BackgroundRun[], run: BackgroundRun): AppNotification[] {
  const was = before.find(({ runId }) => runId === run.runId)
  if (!was || isOver(was) || !isOver(run)) return []
  const title = run.title || run.prompt
  const notification = (what: string, body: string): AppNotification[] => [
    {
      key: `${run.runId} ${run.status}`,
      title: cutText(`${what}: ${title}`, TITLE),
      body: cutText(body, BODY),
      place: { page: 'background', runId: run.runId },
    },
  ]
  switch (runState(run)) {
    case 'completed':
      return notification(
        'Done',
        `${spokenTime((run.endedAt ?? run.startedAt) - run.startedAt)}, in ${folderName(run.cwd)}.`,
      )
    case 'budget':
      return notification('Limit reached', `${sentence(run.note)}It stopped before the next call and can go on.`)
    case 'failed':
      return notification('Failed', `${sentence(run.note)}Nothing is lost, it can go on.`)
    case 'interrupted':
      return notification('Interrupted', `${sentence(run.note)}Its process is gone. It can go on.`)
    default:
      // Who stopped it knows.
      return []
  }
}

function endOfChat(chat: Work, after: NotifiableState): AppNotification[] {
  if (chat.runId !== null || after.work.some(({ sessionId }) => sessionId === chat.sessionId)) return []
  const session = after.app.sessions.find(({ sessionId }) => sessionId === chat.sessionId)
  if (!session) return []
  const what = chatEnds[session.state]
  if (what === undefined) return []
  return [
    {
      key: `${chat.sessionId} ${session.updatedAt}`,
      title: cutText(`${what}: ${chat.title}`, TITLE),
      body: cutText(`${sentence(session.note)}The chat waits for what comes next.`, BODY),
      place: { page: 'chat', sessionId: chat.sessionId },
    },
  ]
}

const chatEnds: Partial<Record<AppState['sessions'][number]['state'], string>> = {
  idle: 'Done',
  failed: 'Failed',
  budget: 'Limit reached',
}

function limitReached(
  before: AppState['spending'],
  after: AppState['spending'],
  { name, allowed, scope, profileId, used }: Standing,
): AppNotification[] {
  if (used === null || allowed === 0 || (scope !== 'day' && scope !== 'month')) return []
  const was = before.limits.find((one) => one.scope === scope && one.profileId === profileId && one.name === name)
  // A limit that was set just now is known to who set it; a new day begins anew.
  if (!was || was.allowed !== allowed) return []
  const share = used / allowed
  const passed = THRESHOLDS.filter((threshold) => (was.used ?? 0) / allowed < threshold && share >= threshold).at(-1)
  if (passed === undefined) return []
  const period = scope === 'day' ? 'today' : 'this month'
  const amount = (value: number) => (name === 'costUsd' ? formatMicroUsd(value) : count.format(value))
  return [
    {
      key: `${scope} ${profileId} ${name} ${passed} ${after.day}`,
      title: passed >= 1 ? `The limit of ${period} is reached` : `${Math.floor(share * 100)} % of ${period} is used`,
      body: `${amount(used)} of ${amount(allowed)}${limitUnits[name] ?? ''}.`,
      place: { page: 'budgets' },
    },
  ]
}

const count = new Intl.NumberFormat('en-US')
const limitUnits: Partial<Record<LimitName, string>> = {
  totalTokens: ' tokens',
  inputTokens: ' input tokens',
  outputTokens: ' output tokens',
  reasoningTokens: ' reasoning tokens',
  toolCalls: ' tool calls',
  modelCalls: ' model calls',
}

function placeOf(sessionId: Work['sessionId'], runId: Work['runId']): Place {
  return runId === null ? { page: 'chat', sessionId } : { page: 'background', runId }
}

function budgetKey(sessionId: string): string {
  return `${sessionId} asks about its limit`
}

function questionKey(sessionId: string, callId: string): string {
  return `${sessionId} asks ${callId}`
}

function sentence(note: string): string {
  if (note === '') return ''
  return `${note[0]?.toUpperCase()}${note.slice(1)}${/[.!?]$/.test(note) ? '' : '.'} `
}

function spokenTime(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000)
  if (minutes < 1) return 'Less than a minute'
  if (minutes < 60) return counted(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  return `${counted(hours, 'hour')}${minutes % 60 === 0 ? '' : ` ${counted(minutes % 60, 'minute')}`}`
}
