import { FailureError, failure } from '#shared/failure.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { Usage } from '#shared/spending/usage.ts'
import type { Backend, ChatRequest, StreamEvent } from '../backend/contract/backend.ts'

type Stop = Extract<StreamEvent, { type: 'message_stop' }>

/** One answer, as far as a check wants to know. Times are milliseconds since the request. */
export interface Heard {
  text: string
  reasoning: string
  /** How many pieces of text and reasoning came. */
  pieces: number
  /** How many pieces of tool calls came. */
  callPieces: number
  firstMs: number
  lastMs: number
  totalMs: number
  usage: Usage | null
  stop: Stop
  warnings: readonly string[]
}

/** What the calls of an examination used. */
export class Spent {
  tokens = 0
  estimated = false

  /** `ownCount` stands in where the server did not say. */
  add(usage: Usage | null, ownCount: number): void {
    if (usage?.inputTokens == null && usage?.outputTokens == null) {
      this.estimated = true
      this.tokens += ownCount
      return
    }
    this.tokens += (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
  }
}

export interface Conversing {
  backend: Backend
  spent: Spent
  signal: AbortSignal
  /** How long one answer may take. */
  answerMs: number
  /** Waits until the server has room for the call; what it resolves with ends it. */
  slot(): Promise<() => void>
  /** Asked as the agent will ask. */
  profile: Pick<Profile, 'temperature'>
}

/** One call from request to end. Throws `FailureError`; `timeout` when it takes longer than a check may. */
export async function converse(
  { backend, spent, signal, answerMs, slot, profile }: Conversing,
  request: Pick<ChatRequest, 'messages'> & Partial<ChatRequest>,
): Promise<Heard> {
  const release = await slot()
  const began = performance.now()
  const since = () => performance.now() - began
  const limit = AbortSignal.timeout(answerMs)
  const heard = { text: '', reasoning: '', pieces: 0, callPieces: 0, firstMs: 0, lastMs: 0 }
  const warnings: string[] = []
  let usage: Usage | null = null
  let stop: Stop | undefined
  const piece = () => {
    heard.lastMs = since()
    if (heard.pieces + heard.callPieces === 0) heard.firstMs = heard.lastMs
  }
  try {
    for await (const event of backend.chat(
      { tools: [], ...asTheAgent(profile), ...request },
      AbortSignal.any([signal, limit]),
    )) {
      if (event.type === 'content_delta' || event.type === 'reasoning_delta') {
        piece()
        heard.pieces++
        if (event.type === 'content_delta') heard.text += event.text
        else heard.reasoning += event.text
      } else if (event.type === 'tool_call_delta') {
        piece()
        heard.callPieces++
      } else if (event.type === 'usage') usage = event.usage
      else if (event.type === 'warning') warnings.push(event.message)
      else if (event.type === 'message_stop') stop = event
    }
  } catch (error) {
    if (!limit.aborted || signal.aborted) throw error
    throw timedOut(answerMs, error)
  } finally {
    release()
    if (stop || heard.pieces + heard.callPieces > 0) {
      spent.add(usage, promptGuess(request) + heard.pieces + heard.callPieces)
    }
  }
  if (!stop) throw new FailureError(failure('stream-truncated', 'The answer ended before it was complete.'))
  return { ...heard, totalMs: since(), usage, stop, warnings }
}

function asTheAgent({ temperature }: Conversing['profile']): Partial<ChatRequest> {
  return temperature === undefined ? {} : { temperature }
}

/** Four characters are about a token. */
function promptGuess({ messages }: Pick<ChatRequest, 'messages'>): number {
  return Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / 4)
}

export function timedOut(answerMs: number, cause: unknown): FailureError {
  const message = `There was no complete answer after ${answerMs / 1000} seconds. Is the server busy?`
  return new FailureError(failure('timeout', message, { retryable: true }), { cause })
}
