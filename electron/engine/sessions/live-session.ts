import { type Failure, FailureError, failure } from '#shared/failure.ts'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import type { MessageId, SessionId, TurnId } from '#shared/ids.ts'
import type { RunLink } from '#shared/limits/run-link.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import { type Content, contentOf, kept } from '#shared/session/content.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { SessionEvent, UnstampedEvent } from '#shared/session/session-event.ts'
import type { SessionVerb, VerbInput } from '#shared/session/session-verbs.ts'
import type { SessionView, TurnEnd } from '#shared/session/session-view.ts'
import type { QuestionOutcome, TurnOutcome } from '../agent/turn.ts'
import { EventBatch } from '../journal/event-batch.ts'
import type { Journal } from '../journal/journal.ts'
import { Emitter } from '../lib/emitter.ts'
import { newMessageId, newTurnId } from '../lib/new-id.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { Policy } from '../policy/policy.ts'
import type { Workspace } from '../tools/contract/workspace.ts'
import { callWithoutRun, carryOver, noteCutAnswer } from './going-on.ts'
import { LimitQuestion } from './limit-question.ts'
import { openCalls } from './open-calls.ts'
import { OpenQuestions } from './open-questions.ts'
import { profileUse } from './profile-use.ts'
import { RunningTurn, type TurnHome, type TurnOrder, timeSince } from './running-turn.ts'
import { sessionRules } from './session-rules.ts'
import type { OpenSessionServices } from './session-services.ts'
import type { SessionStart } from './session-start.ts'
import { isDurable, type SessionState } from './session-state.ts'
import type { Begun, QueuePosition, Session, VerbHandlers } from './sessions.ts'
import { summarise } from './summary.ts'
import { instructionsOfTurn, messageOf, policyOfTurn, turnBeginning } from './turn-beginning.ts'

/** One open conversation. Everything that happens becomes an event, goes to the journal, and is then folded and told. */
export class LiveSession implements Session {
  readonly id: SessionId
  readonly runId = null
  readonly #services: OpenSessionServices
  readonly #state: SessionState
  readonly #workspace: Workspace
  readonly #canAnswer: boolean
  readonly #isWatched: () => boolean
  readonly #parentRun: RunLink | undefined
  readonly #listeners = new Emitter<SessionEvent>()
  readonly #approvals = new OpenQuestions<QuestionOutcome>()
  readonly #limits: LimitQuestion
  readonly #sessionRules: Set<string>
  readonly #batch = new EventBatch((event) => this.#publish(event))
  #journal: Journal | null = null
  #overrides: ProfileOverrides | undefined
  #turn: RunningTurn | null = null
  readonly #told = new Set<string>()
  #storageFailure: Failure | null = null

  readonly #verbs: VerbHandlers = {
    send: ({ text, before }) => this.begin(text, {}, before && { before }),
    resume: () => this.resume(),
    sendQueued: async () => {
      if (this.#turn) throw new FailureError(failure('busy', 'A turn goes on: it reads them at its next step.'))
      if (this.#state.view.queued.length === 0) throw new FailureError(nothingWaits)
      return await this.begin('', this.#state.newestTurn.options)
    },
    takeBack: async ({ messageId }) => {
      if (!this.#state.view.queued.some((message) => message.messageId === messageId))
        throw new FailureError(failure('not-found', 'This message was read already.'))
      this.#emit({ type: 'message-taken-back', messageId })
      await this.persisted()
    },
    stop: async ({ turnId }) => {
      const turn = this.#turn
      if (!turn) return
      if (turnId !== undefined && this.#state.view.turns.at(-1)?.turnId !== turnId)
        throw new FailureError(
          failure('not-found', 'What was to be stopped is over. What goes on now is a newer turn.'),
        )
      turn.abort.abort()
      await turn.end
    },
    answer: async ({ callId, answer }) => {
      if (!this.#approvals.answer(callId, { kind: 'answered', answer }))
        throw new FailureError(failure('not-found', 'This approval was already answered, or its turn is over.'))
    },
    answerBudget: async ({ answer }) => {
      if (!this.#limits.answer(answer))
        throw new FailureError(failure('not-found', 'This was already answered, or its turn is over.'))
    },
    setProfile: async ({ profileId, overrides }) => {
      const { profile } = await this.#services.backendFor(profileId, overrides)
      this.#overrides = overrides
      const use = profileUse(profile)
      if (JSON.stringify(use) !== JSON.stringify(this.#state.view.profile))
        this.#emit({ type: 'profile', profile: use })
      await this.persisted()
    },
    setPermissions: async ({ permissions }) => {
      if (JSON.stringify(permissions) === JSON.stringify(this.#state.view.permissions)) return
      this.#emit({ type: 'permissions', permissions })
      // A question follows the permissions: what they allow now is not asked any longer, what they deny is denied.
      this.#approvals.answerAll({ kind: 'permissions-changed' })
      await this.persisted()
    },
    setVerify: async ({ commands }) => {
      this.#emit({ type: 'verify', commands })
      await this.persisted()
    },
    rename: async ({ title }) => {
      this.#emit({ type: 'title', title })
      await this.persisted()
    },
    persisted: async () => {
      await this.persisted()
    },
    leave: async () => {
      if (!this.#turn) return
      await this.#turn.leave(this)
      await this.persisted()
    },
  }

  constructor(start: SessionStart, services: OpenSessionServices) {
    this.id = start.state.view.sessionId
    this.#services = services
    this.#limits = new LimitQuestion(services.ledger)
    this.#sessionRules = sessionRules(services, this.id)
    this.#state = start.state
    this.#workspace = start.workspace
    this.#canAnswer = start.canAnswer
    this.#isWatched = start.isWatched
    this.#parentRun = start.parentRun
    this.#overrides = start.overrides
  }

  /** Where events go from now on. Before it, nothing may be sent. */
  attach(journal: Journal): void {
    this.#journal = journal
  }

  /** The journal could not be written: the running turn ends with that, what waits is written when there is room. */
  failStorage(value: Failure): void {
    this.#storageFailure = value
    this.#turn?.abort.abort()
  }

  connectionFailure(): null {
    return null
  }

  view(): SessionView {
    return this.#state.view
  }

  summary(): SessionSummary {
    return summarise(this.#state.view)
  }

  subscribe(listener: (event: SessionEvent) => void): Unsubscribe {
    return this.#listeners.on(listener)
  }

  async request<Name extends SessionVerb>(name: Name, input: VerbInput<Name>): Promise<Begun | undefined> {
    return await this.#verbs[name](input)
  }

  async send(content: Content, options: SendOptions = {}): Promise<TurnEnd> {
    return (await this.begin(content, options)).end
  }

  async begin(content: Content, options: SendOptions = {}, position?: QueuePosition): Promise<Begun> {
    if (this.#turn) return await this.#queue(this.#turn, content, position)
    // Set before anything waits, so that a second message cannot start a second turn.
    const turn = new RunningTurn()
    this.#turn = turn
    this.#storageFailure = null
    const turnId = newTurnId()
    let announced = false
    let policy: Policy
    try {
      policy = await policyOfTurn(this.#services, this.#workspace)
      await this.#services.blobs.assertReadable(content)
      const instructions = await instructionsOfTurn(this.#services, this.#workspace, this.#state, this.#overrides)
      const { queued } = this.#state.view
      // Taken back meanwhile.
      if (content === '' && queued.length === 0) throw new FailureError(nothingWaits)
      const whole = messageOf(queued, content, position?.before)
      announced = true
      const events = turnBeginning(this.#state, this.#workspace, this.#services, policy, {
        turnId,
        content: whole,
        options,
        instructions,
      })
      for (const event of events) this.#emit(event)
      await this.persisted()
    } catch (error) {
      // A turn that a broken manifest kept from beginning is none: the message goes back to the person.
      if (!announced) this.#turn = null
      else
        this.#end(turnId, {
          reason: 'failed',
          failure: error instanceof FailureError ? error.failure : null,
          budget: null,
        })
      // Whoever handed in a follow-up meanwhile hears of it; if nobody did, the caller has the error below.
      turn.giveUp(error)
      throw error
    }
    this.#run(turn, { turnId, options }, policy).then(turn.finish, turn.fail)
    return { end: turn.end }
  }

  async continueOpenTurn(options: SendOptions = {}): Promise<Begun | null> {
    const last = this.#state.view.turns.at(-1)
    const open = this.#state.newestTurn.open()
    if (this.#turn || !open || !last || last.end) return null
    const carriedOver = carryOver(this.#state, (event) => this.#emit(event))
    return await this.#continueTurn(() => {
      if (carriedOver.length === 0) noteCutAnswer(this.#state, (event) => this.#emit(event))
      return { turnId: last.turnId, options: { ...open.options, ...options }, begun: open.begun, carriedOver }
    })
  }

  /** A turn that waited for an answer asks again; where no run may begin, it was interrupted, and says why. */
  async askAgain(): Promise<void> {
    try {
      await this.continueOpenTurn()
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      this.#emit({ type: 'warning', code: 'not-asked-again', message: error.failure.message })
      this.markInterrupted()
    }
  }

  async resume(options: SendOptions = {}): Promise<Begun> {
    if (this.#turn) throw new FailureError(failure('busy', 'It goes on already.'))
    const last = this.#state.view.turns.at(-1)
    if (!last || last.end?.reason === 'completed')
      throw new FailureError(failure('invalid-input', 'Its last turn is complete. Say what to do next.'))
    return await this.#continueTurn(() => {
      this.#emit({ type: 'turn-resume', turnId: last.turnId })
      this.#readQueue()
      noteCutAnswer(this.#state, (event) => this.#emit(event))
      return { turnId: last.turnId, options: { ...this.#state.newestTurn.options, ...options } }
    })
  }

  /** A turn that was begun before runs on. `prepare` writes what comes before its first step. */
  async #continueTurn(prepare: () => TurnOrder): Promise<Begun> {
    const turn = new RunningTurn()
    this.#turn = turn
    this.#storageFailure = null
    let policy: Policy
    try {
      policy = await policyOfTurn(this.#services, this.#workspace)
    } catch (error) {
      this.#turn = null
      turn.giveUp(error)
      throw error
    }
    this.#run(turn, prepare(), policy).then(turn.finish, turn.fail)
    return { end: turn.end }
  }

  /** It waits for the next step of the turn, in the journal: nothing that ends the app takes it away. */
  async #queue(turn: RunningTurn, content: Content, position?: QueuePosition): Promise<Begun> {
    const messageId = newMessageId()
    await this.#services.blobs.assertReadable(content)
    this.#emit({ type: 'message-queued', messageId, ...kept(content), ...(position && { before: position.before }) })
    try {
      await this.persisted()
    } catch (error) {
      // Whoever wrote it has it still.
      this.#emit({ type: 'message-taken-back', messageId })
      throw error
    }
    return { end: this.#endOf(messageId, turn) }
  }

  /** The end of the turn that read the message, which may be the one after. */
  async #endOf(messageId: MessageId, turn: RunningTurn): Promise<TurnEnd> {
    const end = await turn.end
    const waits = this.#state.view.queued.some((message) => message.messageId === messageId)
    return waits && this.#turn ? await this.#endOf(messageId, this.#turn) : end
  }

  #readQueue(): void {
    for (const { messageId, ...message } of this.#state.view.queued)
      this.#emit({ type: 'follow-up', ...kept(contentOf(message)), origin: 'user', messageId })
  }

  runLink(): RunLink | null {
    return this.#turn?.budget?.link() ?? null
  }

  async persisted(): Promise<void> {
    this.#batch.flush()
    await this.#journal?.flush()
  }

  /** Written by whoever opens a journal that was not whole. */
  markRepaired(notice: string | null): void {
    if (notice) this.#emit({ type: 'warning', code: 'journal-repaired', message: notice })
  }

  /** Written by whoever opens a journal whose last turn nobody ended. */
  markInterrupted(): void {
    const last = this.#state.view.turns.at(-1)
    if (last && !last.end) this.#end(last.turnId, { reason: 'interrupted', failure: null, budget: null })
  }

  async #run(turn: RunningTurn, order: TurnOrder, policy: Policy): Promise<TurnEnd> {
    const { turnId, options } = order
    const taken = timeSince(this.#state.view, order, this.#services.clock.now())
    let outcome: TurnOutcome
    try {
      outcome = await turn.play(this.#home(), order, policy)
    } catch (error) {
      // A defect of ours: the session stays usable, and the one who called hears of it.
      this.#end(turnId, {
        reason: 'failed',
        failure: failure('internal', 'The agent stopped because of a defect in the app.'),
        budget: null,
        durationMs: taken(),
      })
      throw error
    }
    if (this.#storageFailure) outcome = { reason: 'failed', failure: this.#storageFailure, budget: null }
    if (turn.leaving && outcome.reason === 'aborted') {
      this.#turn = null
      this.#approvals.clear()
      this.#batch.flush()
      return { reason: 'interrupted', failure: null, budget: null, at: this.#state.view.updatedAt }
    }
    for (const { text: message } of policy.afterTurn()) {
      this.#emit({ type: 'warning', code: 'policy-after-turn', message })
    }
    for (const { callId, state } of openCalls(this.#state.view)) {
      if (state === 'waiting') this.#emit(callWithoutRun(callId, 'unanswered', NEVER_RUN, 'not run'))
    }
    const end = this.#end(turnId, { ...outcome, durationMs: taken() })
    // A full disk at the very end changes nothing about what happened; it is told when the next turn begins.
    await this.persisted().catch(() => undefined)
    // What came in its very last moment is the next message. Where that cannot begin, it waits, and who sent it hears why.
    if (outcome.reason === 'completed' && this.#state.view.queued.length > 0 && !this.#turn && !turn.leaving)
      this.begin('', options).catch(() => undefined)
    return end
  }

  /** What a turn sees of this session. */
  #home(): TurnHome {
    return {
      services: this.#services,
      conversation: this.#state.conversation,
      tools: this.#state.tools,
      workspace: this.#workspace,
      approvals: this.#approvals,
      limits: this.#limits,
      sessionRules: this.#sessionRules,
      canAnswer: this.#canAnswer,
      isWatched: this.#isWatched,
      parentRun: this.#parentRun,
      counts: this.#state.counts,
      view: () => this.#state.view,
      overrides: () => this.#overrides,
      readQueue: () => this.#readQueue(),
      emit: (event) => this.#emit(event),
      tellOnce: (code, message) => this.#tellOnce(code, message),
      persisted: () => this.persisted(),
    }
  }

  #tellOnce(code: string, message: string): void {
    const once = `${code} ${message}`
    if (this.#told.has(once)) return
    this.#told.add(once)
    this.#emit({ type: 'warning', code, message })
  }

  #end(turnId: TurnId, outcome: TurnOutcome): TurnEnd {
    this.#turn = null
    this.#approvals.clear()
    this.#limits.clear()
    this.#emit({ type: 'turn-end', turnId, ...outcome })
    return { ...outcome, at: this.#state.view.updatedAt }
  }

  #emit(event: UnstampedEvent): void {
    this.#batch.add(event)
  }

  #publish(unstamped: UnstampedEvent): void {
    const event: SessionEvent = { ...unstamped, seq: this.#state.view.seq + 1, at: this.#services.clock.now() }
    if (isDurable(event)) this.#journal?.append(event)
    this.#state.apply(event)
    this.#listeners.emit(event)
  }
}

const nothingWaits = failure('not-found', 'No message waits any more.')

const NEVER_RUN = 'Error: this call did not run: the user ended the turn before answering whether it may.'
