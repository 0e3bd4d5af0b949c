import { type Failure, FailureError, failure } from '#shared/failure.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { AnsweredCall } from '#shared/session/message.ts'
import type { Budgeted } from '../budget/budgeted.ts'
import { diagnosis } from '../budget/limit-messages.ts'
import { priceKnown } from '../profiles/price.ts'
import { AtLimit } from './at-limit.ts'
import { Compactor, isOverflow } from './compaction.ts'
import { LOOP_NOTE, LoopGuard } from './loop-guard.ts'
import { callModel, type ModelAnswer } from './model-call.ts'
import { schemaVerdict } from './schema-answer.ts'
import { refuseCall, runToolCalls } from './tool-calls.ts'
import type { TurnContext, TurnOutcome } from './turn.ts'
import { Verifier } from './verifier.ts'
import { WindowWatch } from './window-watch.ts'
import { withinTime } from './within-time.ts'

/** How often in a turn the model gets another chance after an answer that was none. */
const EMPTY_ANSWER_CHANCES = 1
/** How often in a turn an answer that does not follow its schema is asked for once more. */
const SCHEMA_CHANCES = 1
/** How often in a turn it is asked whether a call in a text was meant. */
const DOUBT_CHANCES = 2
/** How many answers in a row may be cut by the output limit in the middle of a call. */
const CUT_CALL_CHANCES = 2

/**
 * One turn: asks the model, runs what it calls, and again, until it answers without a call. Does not throw for what a
 * backend, a tool, a budget or a person did; the outcome says it, and every step is an event before it counts.
 */
export async function runAgentLoop(turn: TurnContext): Promise<TurnOutcome> {
  try {
    await turn.budget.open()
    return await new Loop(turn).run()
  } catch (error) {
    if (turn.signal.aborted) return outcome('aborted')
    if (error instanceof FailureError) return failed(error.failure)
    throw error
  } finally {
    await turn.budget.close()
  }
}

/** How a turn goes on after a step; `at-limit` = a limit was reached and stays. */
type AfterStep = { kind: 'next' } | { kind: 'ended'; outcome: TurnOutcome } | { kind: 'at-limit' }

const NEXT: AfterStep = { kind: 'next' }
const AT_LIMIT: AfterStep = { kind: 'at-limit' }

class Loop {
  readonly #turn: TurnContext
  readonly #guard = new LoopGuard()
  readonly #watch: WindowWatch
  readonly #compactor: Compactor
  readonly #limit: AtLimit
  readonly #verifier: Verifier
  #emptyAnswers = 0
  #cutCalls = 0
  #doubts = 0
  #schemaChances = 0

  constructor(turn: TurnContext) {
    this.#turn = turn
    this.#watch = new WindowWatch(turn)
    this.#compactor = new Compactor(turn, turn.definitions)
    this.#limit = new AtLimit(turn)
    this.#verifier = new Verifier(turn, this.#limit)
  }

  async run(): Promise<TurnOutcome> {
    let open = this.#turn.carriedOver
    for (;;) {
      this.#turn.signal.throwIfAborted()
      const calls = open
      open = []
      const timed = await withinTime(this.#turn, (signal) => this.#next(calls, signal))
      if (timed.kind === 'stopped') {
        if (!(await this.#limit.mayGoOn(timed.stop, this.#turn.signal))) return this.#lastWords()
        // A question whose time was over was not answered: it is asked again.
        open = this.#turn.openCalls()
        if (open.length === 0 && !this.#verifier.isOpen()) this.#noteAfterAnswer(TIME_NOTE)
        continue
      }
      const after = timed.value
      switch (after.kind) {
        case 'next':
          continue
        case 'ended':
          return after.outcome
        case 'at-limit':
          return this.#lastWords()
        default:
          assertNever(after)
      }
    }
  }

  /** What comes next: calls that did not begin, commands that verify and are not through, or the model. */
  async #next(calls: readonly AnsweredCall[], signal: AbortSignal): Promise<AfterStep> {
    if (calls.length > 0) return await this.#openCalls(calls, signal)
    if (!this.#verifier.isOpen()) return await this.#step(signal)
    const { profile } = await this.#turn.backend()
    const after = await this.#verified(profile, signal)
    if (after.kind === 'next') this.#turn.readFollowUps()
    return after
  }

  /** One call of the model and what it calls. `signal` ends the step. */
  async #step(signal: AbortSignal): Promise<AfterStep> {
    const turn = { ...this.#turn, signal }
    const { backend, profile, listedWindow } = await turn.backend()
    const { usdOrigin } = turn.budget
    if (usdOrigin !== null && !priceKnown(profile)) return ended(failed(unknownPrice(profile.name, usdOrigin)))

    this.#verifier.announce(turn.verification(profile))
    const target = { backend, profile, window: this.#watch.window(profile, listedWindow) }
    await this.#compactor.beforeCall(target, signal)
    let asked: Budgeted<ModelAnswer>
    try {
      asked = await callModel(turn, backend, profile, this.#turn.definitions)
    } catch (error) {
      if (!isOverflow(error)) throw error
      this.#watch.refused(profile, error, turn.conversation.promptTokens(this.#turn.definitions))
      const known = { ...target, window: this.#watch.window(profile, listedWindow) }
      const room = await this.#compactor.afterOverflow(known, error, signal)
      if (room.kind === 'stopped' && !(await this.#limit.mayGoOn(room.stop, signal))) return AT_LIMIT
      this.#noteAfterAnswer(BROKEN_OFF_NOTE)
      return NEXT
    }
    if (asked.kind === 'stopped') return (await this.#limit.mayGoOn(asked.stop, signal)) ? NEXT : AT_LIMIT
    const answer = asked.value
    this.#compactor.answered(target)
    await this.#watch.checkAnswer(backend, profile, answer, signal)
    if (answer.stop && !(await this.#limit.mayGoOn(answer.stop, signal))) return AT_LIMIT
    if (answer.stop && answer.cut && answer.calls.length === 0) {
      turn.emit({
        type: 'warning',
        code: 'cut-goes-on',
        message: 'The answer was cut at a limit that has room now: it goes on.',
      })
      this.#noteAfterAnswer(CUT_NOTE)
      return NEXT
    }
    const after =
      answer.calls.length > 0 ? await this.#calls(turn, answer, profile) : await this.#plainEnd(answer, profile, signal)
    if (after.kind === 'next') turn.readFollowUps()
    return after
  }

  /** What was asked for before, in another process or before its time was over. */
  async #openCalls(calls: readonly AnsweredCall[], signal: AbortSignal): Promise<AfterStep> {
    const turn = { ...this.#turn, signal }
    const { profile } = await turn.backend()
    const after = await this.#calls(turn, { calls, cut: false }, profile)
    if (after.kind === 'next') turn.readFollowUps()
    return after
  }

  /** What an answer without calls means. */
  async #plainEnd(answer: ModelAnswer, profile: Profile, signal: AbortSignal): Promise<AfterStep> {
    const isEmpty = !answer.hasText
    if (isEmpty && this.#emptyAnswers++ < EMPTY_ANSWER_CHANCES) {
      emitFollowUp(this.#turn, EMPTY_ANSWER_NOTE, 'app')
      return NEXT
    }
    if (this.#turn.hasFollowUps()) return NEXT
    if (answer.doubtful.length > 0 && this.#doubts++ < DOUBT_CHANCES) {
      emitFollowUp(this.#turn, doubtNote(answer.doubtful), 'app')
      return NEXT
    }
    if (isEmpty) return ended(failed(emptyAnswer(profile.name)))
    return this.#toSchema(profile) ?? (await this.#verified(profile, signal))
  }

  /** Where the last answer has to follow a schema and does not, it is asked for once more. null = nothing is wrong with it. */
  #toSchema(profile: Profile): AfterStep | null {
    const { conversation, emit, options } = this.#turn
    if (!options.responseSchema) return null
    const verdict = schemaVerdict(options.responseSchema, conversation.messages().at(-1)?.content ?? '')
    switch (verdict.kind) {
      case 'follows':
        return null
      case 'unknown':
        emit({ type: 'warning', code: 'schema-not-checked', message: notCheckedWords(verdict.reason) })
        return null
      case 'differs':
        if (this.#schemaChances++ >= SCHEMA_CHANCES) return ended(failed(offSchema(profile.name, verdict.problem)))
        emitFollowUp(this.#turn, schemaNote(verdict.problem), 'app')
        return NEXT
      default:
        return assertNever(verdict)
    }
  }

  /** The end of a turn whose model says that it is done, once what has to pass has passed. */
  async #verified(profile: Profile, signal: AbortSignal): Promise<AfterStep> {
    const verification = this.#turn.verification(profile)
    if (!this.#verifier.isDue(verification)) return ended(outcome('completed'))
    const after = await this.#verifier.run(verification, signal)
    switch (after.kind) {
      case 'passed':
      case 'unverified':
        // What the person wrote while they ran is read before the turn ends.
        return this.#turn.hasFollowUps() ? NEXT : ended(outcome('completed'))
      case 'repair':
        return NEXT
      case 'ended':
      case 'at-limit':
        return after
      default:
        return assertNever(after)
    }
  }

  async #calls(turn: TurnContext, answer: Pick<ModelAnswer, 'calls' | 'cut'>, profile: Profile): Promise<AfterStep> {
    const after = await runToolCalls(turn, answer.calls, this.#guard, this.#limit)
    if (after.kind === 'ended' || after.kind === 'at-limit') return after
    if (after.kind === 'tell') emitFollowUp(turn, LOOP_NOTE, 'app')
    this.#cutCalls = answer.cut ? this.#cutCalls + 1 : 0
    return this.#cutCalls > CUT_CALL_CHANCES ? ended(failed(alwaysCut(profile.name))) : NEXT
  }

  /**
   * Adds a note where the conversation ends with an answer: two answers in a row are refused by some templates, and a cut one
   * must be told from a whole one.
   */
  #noteAfterAnswer(note: string): void {
    if (this.#turn.conversation.messages().at(-1)?.role === 'assistant') emitFollowUp(this.#turn, note, 'app')
  }

  /** The end at a limit: one last answer, where a person wants it, and what there is to know. */
  async #lastWords(): Promise<TurnOutcome> {
    const { budget, emit, signal } = this.#turn
    const { end } = this.#limit
    if (!end) throw new Error('No limit was reached.')
    if (end.finish) {
      budget.allowLastAnswer(end.stop)
      emitFollowUp(this.#turn, FINISH_NOTE, 'app')
      try {
        await withinTime(this.#turn, (signal) => this.#lastAnswer({ ...this.#turn, signal }))
      } catch (error) {
        if (signal.aborted || !(error instanceof FailureError)) throw error
        emit({ type: 'warning', code: 'no-last-answer', message: error.failure.message })
      }
    }
    emit({ type: 'warning', code: 'budget', message: diagnosis(end.stop) })
    return { ...outcome('budget'), budget: end.stop }
  }

  /** The tools stay in the request, for the sake of the server's cache; calls of them do not run. */
  async #lastAnswer(turn: TurnContext): Promise<void> {
    const { backend, profile } = await turn.backend()
    const asked = await callModel(turn, backend, profile, this.#turn.definitions)
    if (asked.kind === 'allowed') for (const call of asked.value.calls) refuseCall(turn, call)
  }
}

function emitFollowUp(turn: TurnContext, text: string, origin: 'user' | 'app'): void {
  turn.emit({ type: 'follow-up', text, origin })
}

const EMPTY_ANSWER_NOTE =
  'Your last answer arrived empty: the server could not read it, perhaps because of a malformed tool call. Answer again; if you call a tool, use exactly the tools and the format given.'

function schemaNote(problem: string): string {
  return `Your last answer does not follow the JSON Schema that was asked for: ${problem}. Answer again with that JSON alone, without a fence and without words around it.`
}

function notCheckedWords(reason: string): string {
  return `Whether the answer follows the schema was not checked here: ${reason.replace(/\.$/, '')}.`
}

/** It may be a quotation, and then nothing was left undone. */
function doubtNote(names: readonly string[]): string {
  const calls = [...new Set(names)].join(' and ')
  return `A call of ${calls} stands in the text of your last answer. It was not run, because it may only be quoted there. If you want it run, make that call now, with nothing behind it; if you only quoted it, say briefly that you are done.`
}

const BROKEN_OFF_NOTE = 'Your last answer broke off because the context was full. Go on from the summary.'

const CUT_NOTE = 'Your last answer was cut at a limit that has been raised since. Go on exactly where it stopped.'

const TIME_NOTE =
  'Your last answer was cut when its time was over; there is more time now. Go on exactly where it stopped.'

const FINISH_NOTE =
  'The budget of this task is used up. Answer now, for the last time, briefly and without calling a tool: what is done, what you found, and what is left to do.'

function outcome(reason: TurnOutcome['reason']): TurnOutcome {
  return { reason, failure: null, budget: null }
}

function ended(outcome: TurnOutcome): AfterStep {
  return { kind: 'ended', outcome }
}

function failed(value: Failure): TurnOutcome {
  return { reason: value.code === 'aborted' ? 'aborted' : 'failed', failure: value, budget: null }
}

function unknownPrice(name: string, origin: string): Failure {
  return failure(
    'invalid-input',
    `A limit in USD needs a price (it comes from ${origin}), and the price of ${name} is not known. Set input and output cost per million tokens on the profile, or leave the limit out; 0 says that it is free.`,
  )
}

function emptyAnswer(name: string): Failure {
  return failure(
    'protocol',
    `${name} answered twice with nothing: no text and no tool call. Try again, or check the tool-call parser of the server.`,
    {
      retryable: true,
    },
  )
}

function offSchema(name: string, problem: string): Failure {
  return failure(
    'protocol',
    `The answer of ${name} does not follow the schema, also after a second try: ${problem}. Use a simpler schema, or a server that holds answers to one.`,
    { retryable: true },
  )
}

function alwaysCut(name: string): Failure {
  return failure(
    'stream-truncated',
    `${name} cut its answer in the middle of a tool call several times in a row. Raise the maximum answer length of the profile, or ask for smaller steps.`,
    { retryable: true },
  )
}
