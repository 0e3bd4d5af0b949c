import { type Failure, FailureError, failure } from '#shared/failure.ts'
import { priceKnown } from '../budget/price.ts'
import { toolDefinitions } from '../tools/builtin-tools.ts'
import { Compactor, isOverflow } from './compaction.ts'
import { LOOP_NOTE, LoopGuard } from './loop-guard.ts'
import { callModel, type ModelAnswer } from './model-call.ts'
import { runToolCalls } from './tool-calls.ts'
import type { TurnContext, TurnOutcome } from './turn.ts'
import { WindowWatch } from './window-watch.ts'

/** How often in a turn the model gets another chance after an answer that was none. */
const EMPTY_ANSWER_CHANCES = 1
/** How many answers in a row may be cut by the output limit in the middle of a call. */
const CUT_CALL_CHANCES = 2

/**
 * One turn: asks the model, runs what it calls, and again, until it answers without a call. Does not throw for what a
 * backend, a tool, a budget or a person did; the outcome says it, and every step is an event before it counts.
 */
export async function runTurn(turn: TurnContext): Promise<TurnOutcome> {
  const wallTime = new AbortController()
  const timeLeft = turn.budget.timeLeft()
  const timer = timeLeft === undefined ? undefined : setTimeout(() => wallTime.abort(), timeLeft)
  try {
    return await iterate({ ...turn, signal: AbortSignal.any([turn.signal, wallTime.signal]) })
  } catch (error) {
    if (turn.signal.aborted) return outcome('aborted')
    if (wallTime.signal.aborted) return { ...outcome('budget'), budget: turn.budget.wallTimeStop() }
    if (error instanceof FailureError) return failed(error.failure)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function iterate(turn: TurnContext): Promise<TurnOutcome> {
  const guard = new LoopGuard()
  const tools = toolDefinitions(turn.tools)
  const watch = new WindowWatch(turn)
  const compactor = new Compactor(turn, tools)
  let emptyAnswers = 0
  let cutCalls = 0
  for (;;) {
    const stop = turn.budget.takeModelCall()
    if (stop) return { ...outcome('budget'), budget: stop }
    const { backend, profile, listedWindow } = await turn.backend()
    if (turn.budget.needsPrice && !priceKnown(profile) && !reportsCost.has(profile.kind))
      return failed(unknownPrice(profile.name))

    const target = { backend, profile, window: watch.window(profile, listedWindow) }
    await compactor.beforeCall(target)
    let answer: ModelAnswer
    try {
      answer = await callModel(turn, backend, profile, tools)
    } catch (error) {
      if (!isOverflow(error)) throw error
      const unpaid = await compactor.afterOverflow(target, error)
      if (unpaid) return { ...outcome('budget'), budget: unpaid }
      if (turn.conversation.messages().at(-1)?.role === 'assistant') say(turn, BROKEN_OFF_NOTE, 'app')
      continue
    }
    turn.budget.add(answer.usage)
    await watch.look(backend, profile, answer)
    const passed = turn.budget.passed() ?? (answer.overBudget ? turn.budget.outputStop() : null)
    if (passed) return { ...outcome('budget'), budget: passed }

    const followUps = turn.takeFollowUps()
    if (answer.calls.length === 0) {
      if (isEmpty(answer) && emptyAnswers++ < EMPTY_ANSWER_CHANCES) {
        say(turn, EMPTY_ANSWER_NOTE, 'app')
      } else if (followUps.length === 0) {
        return isEmpty(answer) ? failed(emptyAnswer(profile.name)) : outcome('completed')
      }
    } else {
      const result = await runToolCalls(turn, answer.calls, guard)
      if (result.end) return result.end
      if (result.tell) say(turn, LOOP_NOTE, 'app')
      cutCalls = answer.cut ? cutCalls + 1 : 0
      if (cutCalls > CUT_CALL_CHANCES) return failed(alwaysCut(profile.name))
    }
    for (const text of [...followUps, ...turn.takeFollowUps()]) say(turn, text, 'user')
  }
}

function say(turn: TurnContext, text: string, origin: 'user' | 'app'): void {
  turn.emit({ type: 'follow-up', text, origin })
}

/** Neither text nor call: a server that swallowed the answer, or a model that said nothing (backends.md I, 1). */
function isEmpty(answer: ModelAnswer): boolean {
  return answer.calls.length === 0 && !answer.hasText
}

/** Servers whose answers carry their cost, so that a USD limit can hold without prices on the profile. */
const reportsCost: ReadonlySet<string> = new Set(['openrouter', 'litellm'])

const EMPTY_ANSWER_NOTE =
  'Your last answer arrived empty: the server could not read it, perhaps because of a malformed tool call. Answer again; if you call a tool, use exactly the tools and the format given.'

const BROKEN_OFF_NOTE = 'Your last answer broke off because the context was full. Go on from the summary.'

function outcome(reason: TurnOutcome['reason']): TurnOutcome {
  return { reason, failure: null, budget: null }
}

function failed(value: Failure): TurnOutcome {
  return { reason: value.code === 'aborted' ? 'aborted' : 'failed', failure: value, budget: null }
}

function unknownPrice(name: string): Failure {
  return failure(
    'invalid-input',
    `A limit in USD needs a price, and the price of ${name} is not known. Set input and output cost per million tokens on the profile, or leave the limit out.`,
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
