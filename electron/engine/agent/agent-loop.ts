import { type Failure, FailureError, failure } from '#shared/failure.ts'
import type { BudgetStop } from '#shared/limits/budget.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { ToolDefinition } from '../backend/contract/backend.ts'
import { diagnosis } from '../budget/limit-messages.ts'
import { priceKnown } from '../profiles/price.ts'
import { toolDefinitions } from '../tools/contract/tool-definitions.ts'
import { AtLimit } from './at-limit.ts'
import { Compactor, isOverflow } from './compaction.ts'
import { LOOP_NOTE, LoopGuard } from './loop-guard.ts'
import { callModel, type ModelAnswer } from './model-call.ts'
import { refuseCall, runToolCalls } from './tool-calls.ts'
import type { TurnContext, TurnOutcome } from './turn.ts'
import { WindowWatch } from './window-watch.ts'
import { withinTime } from './within-time.ts'

/** How often in a turn the model gets another chance after an answer that was none. */
const EMPTY_ANSWER_CHANCES = 1
/** How often in a turn it is asked whether a call in a text was meant. */
const DOUBT_CHANCES = 2
/** How many answers in a row may be cut by the output limit in the middle of a call. */
const CUT_CALL_CHANCES = 2

/**
 * One turn: asks the model, runs what it calls, and again, until it answers without a call. Does not throw for what a
 * backend, a tool, a budget or a person did; the outcome says it, and every step is an event before it counts.
 */
export async function runTurn(turn: TurnContext): Promise<TurnOutcome> {
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

class Loop {
  /** Its signal is that of the step that runs. */
  readonly #turn: TurnContext
  readonly #guard = new LoopGuard()
  readonly #tools: readonly ToolDefinition[]
  readonly #watch: WindowWatch
  readonly #compactor: Compactor
  readonly #limit: AtLimit
  #emptyAnswers = 0
  #cutCalls = 0
  #doubts = 0

  constructor(turn: TurnContext) {
    this.#turn = { ...turn }
    this.#tools = toolDefinitions(turn.tools)
    this.#watch = new WindowWatch(this.#turn)
    this.#compactor = new Compactor(this.#turn, this.#tools)
    this.#limit = new AtLimit(this.#turn)
  }

  async run(): Promise<TurnOutcome> {
    let isFirst = this.#turn.carriedOver.length > 0
    for (;;) {
      const step = isFirst ? () => this.#carriedOver() : () => this.#step()
      isFirst = false
      const end = await withinTime(this.#turn, step)
      if (end === null) continue
      if (end !== 'over' && 'reason' in end) return end
      if (end === 'over' || !(await this.#limit.mayGoOn(end))) return this.#lastWords()
      this.#bridge(TIME_NOTE)
    }
  }

  /** One call of the model and what it calls. null = on to the next; `over` = a limit was reached and stays. */
  async #step(): Promise<TurnOutcome | 'over' | null> {
    const turn = this.#turn
    const { backend, profile, listedWindow } = await turn.backend()
    const { usdOrigin } = turn.budget
    if (usdOrigin !== null && !priceKnown(profile)) return failed(unknownPrice(profile.name, usdOrigin))

    const target = { backend, profile, window: this.#watch.window(profile, listedWindow) }
    await this.#compactor.beforeCall(target)
    let answer: ModelAnswer | BudgetStop
    try {
      answer = await callModel(turn, backend, profile, this.#tools)
    } catch (error) {
      if (!isOverflow(error)) throw error
      this.#watch.refused(profile, error, turn.conversation.promptTokens(this.#tools))
      const known = { ...target, window: this.#watch.window(profile, listedWindow) }
      const unpaid = await this.#compactor.afterOverflow(known, error)
      if (unpaid && !(await this.#limit.mayGoOn(unpaid))) return 'over'
      this.#bridge(BROKEN_OFF_NOTE)
      return null
    }
    // It was not sent.
    if ('limit' in answer) return (await this.#limit.mayGoOn(answer)) ? null : 'over'
    this.#compactor.answered(target)
    await this.#watch.look(backend, profile, answer)
    if (answer.stop && !(await this.#limit.mayGoOn(answer.stop))) return 'over'
    if (answer.stop && answer.cut && answer.calls.length === 0) {
      this.#bridge(CUT_NOTE)
      return null
    }

    const end = answer.calls.length > 0 ? await this.#calls(answer, profile) : this.#plainEnd(answer, profile)
    if (end) return end
    turn.readFollowUps()
    return null
  }

  /** What was asked for before the turn came here. */
  async #carriedOver(): Promise<TurnOutcome | 'over' | null> {
    const turn = this.#turn
    const { profile } = await turn.backend()
    const end = await this.#calls({ calls: turn.carriedOver, cut: false }, profile)
    if (end) return end
    turn.readFollowUps()
    return null
  }

  /** What an answer without calls means. */
  #plainEnd(answer: ModelAnswer, profile: Profile): TurnOutcome | null {
    const isEmpty = !answer.hasText
    if (isEmpty && this.#emptyAnswers++ < EMPTY_ANSWER_CHANCES) {
      say(this.#turn, EMPTY_ANSWER_NOTE, 'app')
      return null
    }
    if (this.#turn.hasFollowUps()) return null
    if (answer.doubtful.length > 0 && this.#doubts++ < DOUBT_CHANCES) {
      say(this.#turn, doubtNote(answer.doubtful), 'app')
      return null
    }
    return isEmpty ? failed(emptyAnswer(profile.name)) : outcome('completed')
  }

  async #calls(answer: Pick<ModelAnswer, 'calls' | 'cut'>, profile: Profile): Promise<TurnOutcome | 'over' | null> {
    const result = await runToolCalls(this.#turn, answer.calls, this.#guard, this.#limit)
    if (result.end) return result.end
    if (result.tell) say(this.#turn, LOOP_NOTE, 'app')
    this.#cutCalls = answer.cut ? this.#cutCalls + 1 : 0
    return this.#cutCalls > CUT_CALL_CHANCES ? failed(alwaysCut(profile.name)) : null
  }

  /** Two answers in a row are refused by some templates, and a cut one must be told from a whole one. */
  #bridge(note: string): void {
    if (this.#turn.conversation.messages().at(-1)?.role === 'assistant') say(this.#turn, note, 'app')
  }

  /** The end at a limit: one last answer, where a person wants it, and what there is to know. */
  async #lastWords(): Promise<TurnOutcome> {
    const { budget, emit, signal } = this.#turn
    const { end } = this.#limit
    if (!end) throw new Error('No limit was reached.')
    if (end.finish) {
      budget.allowLastAnswer(end.stop)
      say(this.#turn, FINISH_NOTE, 'app')
      try {
        await withinTime(this.#turn, () => this.#lastAnswer())
      } catch (error) {
        if (signal.aborted || !(error instanceof FailureError)) throw error
        emit({ type: 'warning', code: 'no-last-answer', message: error.failure.message })
      }
    }
    emit({ type: 'warning', code: 'budget', message: diagnosis(end.stop) })
    return { ...outcome('budget'), budget: end.stop }
  }

  /** The tools stay in the request, for the sake of the server's cache; calls of them do not run. */
  async #lastAnswer(): Promise<void> {
    const { backend, profile } = await this.#turn.backend()
    const answer = await callModel(this.#turn, backend, profile, this.#tools)
    if ('calls' in answer) for (const call of answer.calls) refuseCall(this.#turn, call)
  }
}

function say(turn: TurnContext, text: string, origin: 'user' | 'app'): void {
  turn.emit({ type: 'follow-up', text, origin })
}

const EMPTY_ANSWER_NOTE =
  'Your last answer arrived empty: the server could not read it, perhaps because of a malformed tool call. Answer again; if you call a tool, use exactly the tools and the format given.'

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

function alwaysCut(name: string): Failure {
  return failure(
    'stream-truncated',
    `${name} cut its answer in the middle of a tool call several times in a row. Raise the maximum answer length of the profile, or ask for smaller steps.`,
    { retryable: true },
  )
}
