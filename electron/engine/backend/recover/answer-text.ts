import type { ToolDefinition } from '../contract/backend.ts'
import { newCallId } from '../tool-calls/new-call-id.ts'
import type { BrokenToolCall, SettledCalls } from '../tool-calls/partial-tool-calls.ts'
import { problemOfCut } from '../tool-calls/whole-arguments.ts'
import { LeakFilter, type RecoveredCall } from './leak-filter.ts'
import { type ThinkMemory, ThinkSplitter } from './think-splitter.ts'

/**
 * The text of one answer, with what a server should have taken out of it taken out: reasoning, and calls of the tools
 * that were sent. Reasoning and calls that the server sends itself end that (docs/servers.md E.4, 1 and 6).
 */
export class AnswerText {
  readonly #splitter: ThinkSplitter
  readonly #wasRead: (text: string) => boolean
  #leaks: LeakFilter | null
  #serverCalled = false
  /** What the last `add` found before the text that it returned. */
  reasoning = ''

  constructor(tools: readonly ToolDefinition[], memory: ThinkMemory, wasRead: (text: string) => boolean = () => false) {
    this.#wasRead = wasRead
    this.#splitter = new ThinkSplitter(memory)
    this.#leaks = tools.length > 0 ? new LeakFilter(tools) : null
  }

  /** A call has begun: what comes is held until it is over. */
  get holdsCall(): boolean {
    return this.#leaks?.holdsCall ?? false
  }

  /** What can be shown now. Runs once a token. */
  add(content: string): string {
    this.reasoning = ''
    if (this.#splitter.passes(content)) return this.#leaks ? this.#leaks.feed(content) : content
    const { reasoning, text } = this.#splitter.feed(content)
    this.reasoning = reasoning
    return this.#leaks && text !== '' ? this.#leaks.feed(text) : text
  }

  /** The server sent reasoning. Returns text that was held because of it. */
  serverReasons(): string {
    const held = this.#splitter.stop()
    return this.#leaks && held !== '' ? this.#leaks.feed(held) : held
  }

  /** The server sent a call: none is taken out of the text. Returns text that was held. */
  serverCalls(): string {
    const held = this.#leaks?.release() ?? ''
    this.#leaks = null
    this.#serverCalled = true
    return held
  }

  /** Ends an answer that broke off. Returns what was held, as it came. */
  release(): string {
    return this.serverCalls() + this.#splitter.stop()
  }

  /**
   * Ends the answer; of an answer that was cut, calls stay in the text and none may run. `doubtful` = tools whose calls stay
   * in the text although it is whole, since they may only be quoted.
   */
  end(isCut: boolean): { reasoning: string; text: string; calls: SettledCalls; doubtful: readonly string[] } {
    const { reasoning, text } = this.#splitter.end(isCut || this.#serverCalled)
    const leaks = this.#leaks
    if (!leaks) return { reasoning, text, calls: { complete: [], broken: [], cut: isCut }, doubtful: [] }
    const shown = leaks.feed(text)
    const { held, text: rest, calls, incomplete, doubtful } = leaks.end(this.#wasRead)
    return {
      ...{ reasoning, text: shown + (isCut ? held : rest) },
      ...{ calls: settled(calls, incomplete, isCut), doubtful: isCut ? [] : doubtful },
    }
  }
}

function settled(calls: readonly RecoveredCall[], incomplete: string | null, isCut: boolean): SettledCalls {
  const cut = isCut || incomplete !== null
  const result: SettledCalls = { complete: [], broken: [], cut }
  for (const { problem, ...call } of calls) {
    const recovered = { ...call, callId: newCallId(), recovered: true }
    if (problem !== undefined && !cut) result.broken.push({ ...recovered, problem })
    else if (cut) result.broken.push({ ...recovered, problem: problemOfCut(false), cut: true })
    else result.complete.push(recovered)
  }
  if (incomplete !== null) result.broken.push(cutCall(incomplete))
  return result
}

function cutCall(name: string): BrokenToolCall {
  const problem = problemOfCut(true)
  return { callId: newCallId(), name, arguments: '', recovered: true, problem, cut: true }
}
