import { isRecord } from '#shared/lib/json.ts'
import type { ToolCall } from '#shared/session/message.ts'
import { newCallId } from './new-call-id.ts'
import { problemOfCut, wholeArguments } from './whole-arguments.ts'

/** A call while its fragments arrive. */
interface Slot {
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
  slot: Slot
  arguments: string
}

/** Puts the fragments of tool calls together, in all the ways in which servers number them (docs/servers.md H 37-60). */
export class ToolCallSlots {
  readonly #slots: Slot[] = []
  readonly #byIndex = new Map<number, Slot>()
  readonly #byId = new Map<string, Slot>()

  get count(): number {
    return this.#slots.length
  }

  /** Adds one entry of `tool_calls`; null = it holds nothing of a call. */
  addFragment(entry: unknown): Fragment | null {
    if (!isRecord(entry)) return null
    const call = isRecord(entry.function) ? entry.function : {}
    const id = typeof entry.id === 'string' ? entry.id : ''
    const name = typeof call.name === 'string' ? call.name : ''
    const text = argumentsText(call.arguments)
    const slot = this.#slotFor(entry.index, id, name, text)
    if (slot.name === '') slot.name = name
    slot.arguments += text
    return { slot, arguments: text }
  }

  /** What may run and what must not, in order. `isCut` = the finish or the counts say that the reply was cut. */
  settle(isCut: boolean, requiresArguments: (name: string) => boolean): SettledCalls {
    const read = this.#slots.map((slot) => ({
      slot,
      read: wholeArguments(slot.arguments, requiresArguments(slot.name)),
    }))
    const cut = isCut || read.some((one) => one.read.kind === 'unfinished')
    const settled: SettledCalls = { complete: [], broken: [], cut }
    for (const { slot, read: result } of read) {
      const call = { callId: slot.callId, name: slot.name, arguments: slot.arguments, recovered: false }
      if (slot.name === '') settled.broken.push({ ...call, problem: 'The call names no tool.' })
      else if (result.kind === 'broken' && !cut) settled.broken.push({ ...call, problem: result.problem })
      else if (cut) settled.broken.push({ ...call, problem: problemOfCut(result.kind === 'unfinished'), cut: true })
      else if (result.kind === 'whole')
        settled.complete.push({ ...call, arguments: result.text, ...(result.mended && { mended: result.mended }) })
    }
    return settled
  }

  #slotFor(index: unknown, id: string, name: string, text: string): Slot {
    if (typeof index === 'number') {
      const known = this.#byIndex.get(index)
      if (known && !startsAnother(known, id, name, text)) return known
      const slot = this.#open(id)
      this.#byIndex.set(index, slot)
      return slot
    }
    if (id) return this.#byId.get(id) ?? this.#open(id)
    const last = this.#slots.at(-1)
    return last && !startsAnother(last, id, name, text) ? last : this.#open(id)
  }

  #open(id: string): Slot {
    // A server may give parallel calls the same id; the history needs to tell them apart.
    const callId = id && !this.#byId.has(id) ? id : newCallId()
    const slot: Slot = { position: this.#slots.length, callId, name: '', arguments: '' }
    this.#slots.push(slot)
    this.#byId.set(callId, slot)
    return slot
  }
}

/** Old Ollama numbers every call 0: an entry with a new id, or a second whole call, is another call. */
function startsAnother(slot: Slot, id: string, name: string, text: string): boolean {
  if (name === '') return false
  if (id !== '' && id === slot.callId) return false
  if (id === '' && !text.trimStart().startsWith('{')) return false
  return slot.arguments.trim() === ''
    ? id !== '' && slot.name !== ''
    : wholeArguments(slot.arguments, false).kind === 'whole'
}

function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
