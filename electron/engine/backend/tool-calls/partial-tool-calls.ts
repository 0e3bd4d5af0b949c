import { isRecord } from '#shared/lib/json.ts'
import type { ToolCall } from '#shared/session/message.ts'
import { newCallId } from './new-call-id.ts'
import { problemOfCut, wholeArguments } from './whole-arguments.ts'

/** A tool call while its fragments arrive. */
interface PartialToolCall {
  position: number
  callId: string
  name: string
  arguments: string
}

/** A call that must not run, and why; `cut` = because the reply was cut. */
export type BrokenToolCall = ToolCall & { problem: string; cut?: true }

export interface SettledCalls {
  complete: ToolCall[]
  broken: BrokenToolCall[]
  /** One of them ends in the middle: the reply was cut whatever its finish says (docs/servers.md B.1). */
  cut: boolean
}

export interface Fragment {
  call: PartialToolCall
  arguments: string
}

/** Puts the fragments of tool calls together, in all the ways in which servers number them (docs/servers.md H 37-60). */
export class PartialToolCalls {
  readonly #calls: PartialToolCall[] = []
  readonly #byIndex = new Map<number, PartialToolCall>()
  readonly #byId = new Map<string, PartialToolCall>()

  get count(): number {
    return this.#calls.length
  }

  /** Adds one entry of the `tool_calls` of a chunk; null = it holds nothing of a call. */
  addFragment(entry: unknown): Fragment | null {
    if (!isRecord(entry)) return null
    const said = isRecord(entry.function) ? entry.function : {}
    const id = typeof entry.id === 'string' ? entry.id : ''
    const name = typeof said.name === 'string' ? said.name : ''
    const text = argumentsText(said.arguments)
    const call = this.#callFor(entry.index, id, name, text)
    if (call.name === '') call.name = name
    call.arguments += text
    return { call, arguments: text }
  }

  /**
   * Says which of the calls may run and which must not, in the order in which they began. `isCut` = the finish or the counts
   * say that the reply was cut.
   */
  settle(isCut: boolean, requiresArguments: (name: string) => boolean): SettledCalls {
    const read = this.#calls.map((call) => ({
      call,
      read: wholeArguments(call.arguments, requiresArguments(call.name)),
    }))
    const cut = isCut || read.some((one) => one.read.kind === 'unfinished')
    const settled: SettledCalls = { complete: [], broken: [], cut }
    for (const { call: partial, read: result } of read) {
      const call = { callId: partial.callId, name: partial.name, arguments: partial.arguments, recovered: false }
      if (call.name === '') settled.broken.push({ ...call, problem: 'The call names no tool.' })
      else if (result.kind === 'broken' && !cut) settled.broken.push({ ...call, problem: result.problem })
      else if (cut) settled.broken.push({ ...call, problem: problemOfCut(result.kind === 'unfinished'), cut: true })
      else if (result.kind === 'whole')
        settled.complete.push({ ...call, arguments: result.text, ...(result.mended && { mended: result.mended }) })
    }
    return settled
  }

  #callFor(index: unknown, id: string, name: string, text: string): PartialToolCall {
    if (typeof index === 'number') {
      const known = this.#byIndex.get(index)
      if (known && !startsAnother(known, id, name, text)) return known
      const call = this.#open(id)
      this.#byIndex.set(index, call)
      return call
    }
    if (id) return this.#byId.get(id) ?? this.#open(id)
    const last = this.#calls.at(-1)
    return last && !startsAnother(last, id, name, text) ? last : this.#open(id)
  }

  #open(id: string): PartialToolCall {
    // A server may give parallel calls the same id; the history needs to tell them apart.
    const callId = id && !this.#byId.has(id) ? id : newCallId()
    const call: PartialToolCall = { position: this.#calls.length, callId, name: '', arguments: '' }
    this.#calls.push(call)
    this.#byId.set(callId, call)
    return call
  }
}

/** Old Ollama numbers every call 0: an entry with a new id, or a second whole call, is another call. */
function startsAnother(call: PartialToolCall, id: string, name: string, text: string): boolean {
  if (name === '') return false
  if (id !== '' && id === call.callId) return false
  if (id === '' && !text.trimStart().startsWith('{')) return false
  return call.arguments.trim() === ''
    ? id !== '' && call.name !== ''
    : wholeArguments(call.arguments, false).kind === 'whole'
}

function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
