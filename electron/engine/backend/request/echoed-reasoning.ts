import { isRecord, type JsonRecord } from '#shared/lib/json.ts'

/** The keys of an assistant message that a server wants back unmodified (docs/servers.md B.4, B.5). */
const echoedKeys = ['reasoning_details', 'thinking_blocks'] as const

/** Members that arrive in pieces; all others stand for themselves. */
const streamed: ReadonlySet<string> = new Set(['text', 'summary', 'data', 'thinking'])

/** Collects the opaque reasoning of a reply, merged back from its pieces. */
export class EchoedReasoning {
  readonly #blocks: Partial<Record<(typeof echoedKeys)[number], JsonRecord[]>> = {}

  /** Returns readable text of the new pieces, for a server that sends it nowhere else. */
  collect(delta: JsonRecord): string {
    let text = ''
    for (const key of echoedKeys) {
      const pieces = delta[key]
      if (!Array.isArray(pieces)) continue
      for (const piece of pieces) {
        if (!isRecord(piece)) continue
        this.#blocks[key] ??= []
        merge(this.#blocks[key], piece)
        for (const member of ['text', 'summary', 'thinking'] as const) {
          const value = piece[member]
          if (typeof value === 'string') text += value
        }
      }
    }
    return text
  }

  /** What `reasoningDetails` of the history holds; undefined = nothing to echo. */
  value(): JsonRecord | undefined {
    return Object.keys(this.#blocks).length > 0 ? this.#blocks : undefined
  }
}

/** Back into the members of an assistant message. */
export function echoedMembers(reasoningDetails: unknown): JsonRecord {
  if (!isRecord(reasoningDetails)) return {}
  return Object.fromEntries(
    echoedKeys.filter((key) => Array.isArray(reasoningDetails[key])).map((key) => [key, reasoningDetails[key]]),
  )
}

/** A piece goes on with the last block if it has the same index, or none and the same kind. */
function merge(blocks: JsonRecord[], piece: JsonRecord): void {
  const last = blocks.at(-1)
  const same = last && last.index === piece.index && (piece.type === undefined || last.type === piece.type)
  if (!last || !same || (piece.index === undefined && last.signature)) {
    blocks.push({ ...piece })
    return
  }
  for (const [name, value] of Object.entries(piece)) {
    const before = last[name]
    if (streamed.has(name) && typeof before === 'string' && typeof value === 'string') last[name] = before + value
    else if (value !== null && value !== undefined) last[name] = value
  }
}
