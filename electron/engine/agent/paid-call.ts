import { FailureError, failure } from '#shared/failure.ts'
import type { BudgetStop } from '#shared/limits/budget.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { ChatMessage } from '#shared/session/message.ts'
import type { Usage } from '#shared/spending/usage.ts'
import type { Backend, ChatRequest, StreamEvent, ToolDefinition } from '../backend/contract/backend.ts'
import { allowed, type Budgeted } from '../budget/budgeted.ts'
import type { CallBudget } from '../budget/call-budget.ts'
import { AnswerCount } from './answer-count.ts'
import { Pace } from './pace.ts'
import { imagesOfMessages } from './request-size.ts'
import { acquireSlot } from './slot.ts'
import type { TurnContext } from './turn.ts'

export interface PaidCall {
  backend: Backend
  profile: Profile
  label: 'answer' | 'summary'
  messages: readonly ChatMessage[]
  tools: readonly ToolDefinition[]
  /** Tokens of all that is sent, as far as anybody knows. */
  inputTokens: number
  /** The answer's own limit; undefined = that of the profile. */
  maxOutputTokens?: number
  stream?: boolean
  responseSchema?: Record<string, unknown>
  /** It is about to be sent. */
  onStart(): void
  onEvent(event: StreamEvent): void
  /** It is over: `cut` by a limit, or broken by `error`. Before anything is written of what it spent. */
  onEnd(cut: boolean, error?: unknown): void
}

export interface Paid {
  usage: Usage
  /** Our limit cut it, in mid-stream. */
  cut: boolean
  /** The limit that it reached. */
  stop: BudgetStop | null
}

/**
 * One call of a model from the slot that it waits for to the line that says what it spent. `stopped` = it was not
 * sent. Throws `FailureError`; what was received by then is paid for.
 */
export async function payFor(turn: TurnContext, call: PaidCall): Promise<Budgeted<Paid>> {
  const { backend, profile, label, inputTokens, stream = true } = call
  const releaseSlot = await acquireSlot(turn, backend, profile)
  try {
    const budget = await turn.budget.startCall({ label, profile, inputTokens, stream })
    return budget.kind === 'stopped' ? budget : allowed(await run(turn, call, budget.value))
  } finally {
    releaseSlot()
  }
}

async function run(turn: TurnContext, call: PaidCall, budget: CallBudget): Promise<Paid> {
  const { backend, profile, inputTokens } = call
  const count = new AnswerCount()
  const pace = new Pace()
  let cut = false
  let finish = ''
  call.onStart()
  try {
    const images = await imagesOf(turn, call)
    for await (const event of backend.chat({ ...requestOf(call, budget), ...images }, turn.signal)) {
      const before = count.characters
      if (event.type === 'message_start') turn.noteReach(profile.id, null)
      count.add(event)
      call.onEvent(event)
      if (count.characters > MOST_CHARACTERS) throw endless(profile)
      if (event.type === 'message_stop') finish = event.finish
      if (!event.type.endsWith('_delta')) continue
      const wait = pace.delayFor(count.characters - before)
      if (wait > 0) await pace.wait(wait, turn.signal)
      const mustCut = budget.mustCut(count.atLeast)
      cut = typeof mustCut === 'boolean' ? mustCut : await mustCut
      // Leaving the loop closes the connection, and with it ends what the server generates.
      if (cut) break
    }
  } catch (error) {
    if (error instanceof FailureError) turn.noteReach(profile.id, error.failure)
    call.onEnd(false, error)
    // Who broke off has paid for what was sent and received; who was refused has paid nothing.
    const usage = count.received ? count.usage(profile, inputTokens) : freeUsage
    if (count.received) turn.emit({ type: 'usage', usage })
    await budget.settle(usage)
    throw error
  }
  call.onEnd(cut)
  const usage = count.usage(profile, inputTokens, cut)
  turn.emit({ type: 'usage', usage })
  // A server cuts at its window as well: only an answer that used up its room was cut by a limit.
  if (finish === 'length') budget.cutByServer(usage.outputTokens ?? 0)
  return { usage, cut, stop: await budget.settle(usage) }
}

/** Of the messages, for a model that sees them. */
async function imagesOf(turn: TurnContext, { profile, messages }: PaidCall): Promise<Pick<ChatRequest, 'images'>> {
  const blobs = profile.vision ? imagesOfMessages(messages).map(({ blob }) => blob) : []
  return blobs.length > 0 && turn.images ? { images: await turn.images(blobs) } : {}
}

function requestOf(call: PaidCall, budget: CallBudget) {
  const { messages, tools, profile, responseSchema, stream } = call
  const most = [call.maxOutputTokens ?? profile.maxOutputTokens, budget.maxOutputTokens].filter(
    (value) => value !== undefined,
  )
  return {
    messages,
    tools,
    ...(most.length > 0 && { maxOutputTokens: Math.min(...most) }),
    ...(profile.temperature !== undefined && { temperature: profile.temperature }),
    ...(responseSchema && { responseSchema }),
    ...(stream !== undefined && { stream }),
    // A limit holds to the piece: then each one is asked about.
    ...(!budget.isBounded && { joinPieces: true }),
  }
}

/** Whether an error says that a call was broken off by us and not by the server. */
export function isAbort(error: unknown): boolean {
  return error instanceof FailureError && error.failure.code === 'aborted'
}

/** About a million tokens: no answer is that long, with all its thoughts and calls. */
const MOST_CHARACTERS = 4_000_000

function endless({ name }: Profile): FailureError {
  return new FailureError(
    failure(
      'protocol',
      `${name} wrote more than ${MOST_CHARACTERS / 1_000_000} million characters in one answer and came to no end, so it was stopped. Set a maximum answer length on the profile, or try another model.`,
    ),
  )
}

/** Of a call that the server refused. */
const freeUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: null,
  reasoningTokens: null,
  costMicroUsd: 0,
  source: 'reported',
  costSource: 'free',
}
