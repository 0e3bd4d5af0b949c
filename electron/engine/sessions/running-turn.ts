import type { TurnId } from '#shared/ids.ts'
import type { LimitSource } from '#shared/limits/budget.ts'
import { sourcesOfRun } from '#shared/limits/effective-limits.ts'
import type { RunLink } from '#shared/limits/run-link.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import type { AnsweredCall } from '#shared/session/message.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import type { SessionView, TurnEnd } from '#shared/session/session-view.ts'
import type { ToolDefinition } from '#shared/session/tool-definition.ts'
import { DEFAULT_VERIFY_ROUNDS, MOST_VERIFY_COMMANDS } from '#shared/verify/verify-command.ts'
import { runAgentLoop } from '../agent/agent-loop.ts'
import type { Conversation } from '../agent/conversation.ts'
import type { QuestionOutcome, TurnContext, TurnOutcome, Verification } from '../agent/turn.ts'
import type { BegunRun } from '../budget/begun-run.ts'
import { Budget } from '../budget/budget.ts'
import { systemElapsed } from '../lib/clock.ts'
import { newTurnId } from '../lib/new-id.ts'
import type { Policy } from '../policy/policy.ts'
import type { SlotHolder } from '../slots/slots.ts'
import { toolDefinitions } from '../tools/contract/tool-definitions.ts'
import type { Workspace } from '../tools/contract/workspace.ts'
import { ChildSessions } from './child-sessions.ts'
import { carryOver } from './going-on.ts'
import type { LimitQuestion } from './limit-question.ts'
import { runsTool } from './open-calls.ts'
import type { OpenQuestions } from './open-questions.ts'
import type { SessionCounts } from './session-counts.ts'
import type { OpenSessionServices } from './session-services.ts'
import type { Session } from './sessions.ts'
import { timeOf } from './turn-budget.ts'

/** How a turn is run; `begun` = it began in another process. */
export interface TurnOrder {
  turnId: TurnId
  options: SendOptions
  begun?: BegunRun
  /** Calls that waited for an answer when the turn was left. */
  carriedOver?: readonly AnsweredCall[]
}

/** What a turn sees of the session that it belongs to. */
export interface TurnHome {
  services: OpenSessionServices
  conversation: Conversation
  /** What the session's journal says that the model was told of; null = it says nothing. */
  tools: readonly ToolDefinition[] | null
  workspace: Workspace
  approvals: OpenQuestions<QuestionOutcome>
  limits: LimitQuestion
  sessionRules: Set<string>
  canAnswer: boolean
  isWatched(): boolean
  parentRun: RunLink | undefined
  counts: SessionCounts
  view(): SessionView
  overrides(): ProfileOverrides | undefined
  /** Hands the messages that wait to the conversation. */
  readQueue(): void
  emit(event: UnstampedEvent): void
  /** Warns of what a person must know, and not again with every call. */
  tellOnce(code: string, message: string): void
  persisted(): Promise<void>
}

/** How long a background run waits for an answer where its profile does not say. Milliseconds. */
const ANSWER_MS = 30 * 60_000

/** A turn from the moment in which it was asked for to its end: what stops it, what it spends, and who waits for it. */
export class RunningTurn {
  readonly abort = new AbortController()
  readonly end: Promise<TurnEnd>
  /** null = it has not begun to spend. */
  budget: Budget | null = null
  /** The turn goes on in another process: no end is written. */
  leaving = false
  finish: (end: TurnEnd) => void = () => undefined
  fail: (error: unknown) => void = () => undefined

  constructor() {
    this.end = new Promise((resolve, reject) => {
      this.finish = resolve
      this.fail = reject
    })
  }

  /** The turn never began. Whoever handed in a follow-up meanwhile hears of it; if nobody did, the caller has the error. */
  giveUp(error: unknown): void {
    this.end.catch(() => undefined)
    this.fail(error)
  }

  /** Ends where another process can go on: what a tool does comes to its end, an answer that is being written does not. */
  async leave(session: Pick<Session, 'view' | 'subscribe'>): Promise<void> {
    this.leaving = true
    const leaveWhenSafe = () => {
      if (!runsTool(session.view())) this.abort.abort()
    }
    leaveWhenSafe()
    // In the same tick as the end of the tool: before the next one begins.
    const unsubscribe = session.subscribe(leaveWhenSafe)
    await this.end
    unsubscribe()
  }

  /** Runs the agent loop to its outcome, within the limits that count. Rejects for a defect only. */
  async play(home: TurnHome, order: TurnOrder, policy: Policy): Promise<TurnOutcome> {
    const { services, limits } = home
    const { options, carriedOver = [] } = order
    const { clock, background, limitSources, onLimitsChange, learnWindow, noteReach } = services
    const sources = () => [
      ...sourcesOfRun(options.limits ?? {}, options.limitOrigins ?? {}),
      ...limitSources(),
      ...policy.limitSources(),
    ]
    const budget = budgetFor(home, order, sources())
    this.budget = budget
    const unfollow = limits.follow(budget, sources, onLimitsChange)
    const slotHolder = services.slots.holder()
    const children = childrenOf(home, budget, slotHolder)
    let answerMs: number | null = null
    try {
      return await runAgentLoop({
        conversation: home.conversation,
        backend: async () => {
          const { profileId } = home.view().profile
          const connection = await services.backendFor(profileId, modelInUse(home), budget.needsPrice)
          if (background) answerMs = connection.profile.timeouts?.approvalMs ?? ANSWER_MS
          return connection
        },
        learnWindow,
        noteReach,
        slotHolder,
        ...toolsOf(home, policy),
        toolContext: {
          workspace: home.workspace,
          passedVariables: policy.safeEnv,
          keyVariables: policy.keyVariables,
          keepImage: (bytes, name) => services.blobs.addImage(bytes, name),
        },
        images: (blobs) => services.blobs.base64(blobs),
        startSession: (order, signal) => children.start(order, signal),
        policy,
        budget,
        permissions: () => policy.permissions(home.view().permissions),
        sessionRules: home.sessionRules,
        ask: home.canAnswer
          ? ({ callId }, signal) =>
              home.approvals.ask(callId, { signal, limit: answerMs, unanswered: { kind: 'unanswered' as const } })
          : null,
        answerMs: () => answerMs,
        // Who does not answer for so long has gone away, and then it is as if nobody watched.
        askBudget: (stop, signal) => (home.isWatched() ? limits.ask(stop, budget, { signal, limit: answerMs }) : null),
        hasFollowUps: () => home.view().queued.length > 0,
        // A turn that is being stopped answers nothing any more: what waits goes on waiting.
        readFollowUps: () => this.abort.signal.aborted || home.readQueue(),
        carriedOver,
        openCalls: () => carryOver({ view: home.view(), conversation: home.conversation }, home.emit),
        emit: home.emit,
        persisted: home.persisted,
        now: () => clock.now(),
        elapsed: systemElapsed,
        signal: this.abort.signal,
        options: {
          ...(options.stream !== undefined && { stream: options.stream }),
          ...(options.responseSchema && { responseSchema: options.responseSchema }),
        },
        verification: (profile) => verificationOf(options, home.view().verify, profile, policy),
        soFar: () => home.view().turns.at(-1) ?? { items: [] },
      })
    } finally {
      await children.close()
      unfollow()
      slotHolder.leave()
    }
  }
}

/** What was said for this turn counts, else what was said for its session, else what the folder and the profile ask of each. */
function verificationOf(
  { verify, verifyRounds }: SendOptions,
  ofSession: readonly string[] | null | undefined,
  profile: Profile,
  policy: Policy,
): Verification {
  return {
    commands:
      verify ?? ofSession ?? [...new Set([...policy.verify, ...(profile.verify ?? [])])].slice(0, MOST_VERIFY_COMMANDS),
    rounds: verifyRounds ?? DEFAULT_VERIFY_ROUNDS,
  }
}

/**
 * The tools of a turn: what the session began with, word for word, less what the policy denies. A later build neither adds
 * to it nor changes a byte of it; what that build does not have any more is answered in words.
 */
function toolsOf({ services, tools: told }: TurnHome, policy: Policy): Pick<TurnContext, 'tools' | 'definitions'> {
  const definitions = (told ?? toolDefinitions(services.tools)).filter(({ name }) => policy.denial(name) === null)
  const names = new Set(definitions.map(({ name }) => name))
  return { definitions, tools: services.tools.filter(({ name }) => names.has(name)) }
}

/** Their questions are asked where those of this session are. */
function childrenOf(home: TurnHome, budget: Budget, slotHolder: Pick<SlotHolder, 'leave'>): ChildSessions {
  const { services, workspace, canAnswer, isWatched } = home
  return new ChildSessions({
    sessions: services.sessions,
    inherited: () => {
      const { profile, permissions } = home.view()
      const overrides = modelInUse(home)
      return {
        ...{ cwd: workspace.root, addedFolders: workspace.addedFolders, canAnswer, isWatched, permissions },
        profileId: profile.profileId,
        ...(overrides && { overrides }),
      }
    },
    runLink: () => budget.link(),
    leaveQueue: () => slotHolder.leave(),
  })
}

/** Tells how long the newest turn has worked, here and before. Whole milliseconds. */
export function timeSince(view: SessionView, { begun }: TurnOrder, now: number): () => number {
  const elsewhere = begun ? now - begun.startedAt : 0
  const before = Math.max(0, Math.round((view.turns.at(-1)?.ranMs ?? 0) + elsewhere))
  const from = systemElapsed()
  return () => before + Math.round(systemElapsed() - from)
}

/** The model that this session chose stays chosen when the profile's default changes. */
function modelInUse(home: TurnHome): ProfileOverrides | undefined {
  const { model } = home.view().profile
  return model ? { ...home.overrides(), model } : home.overrides()
}

function budgetFor(home: TurnHome, order: TurnOrder, sources: readonly LimitSource[]): Budget {
  const { turnId, options, begun } = order
  const { clock, ledger } = home.services
  const before = home.view()
  const spent = home.counts.counts.copy()
  const parent = options.parentRun ?? home.parentRun
  return new Budget({
    sources,
    ledger,
    // What the journal says of a turn that was begun elsewhere must not be counted by the ledger as well.
    run: { id: begun ? newTurnId() : turnId, session: before.sessionId, cwd: before.cwd },
    profileId: before.profile.profileId,
    ...(begun && { begun }),
    ...(parent && { parent }),
    spentBefore: (profileId) => ({ ...spent.of(profileId), wallTime: timeOf(before) }),
    now: () => clock.now(),
    elapsed: systemElapsed,
    warn: home.tellOnce,
  })
}
