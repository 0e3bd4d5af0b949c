import { isRecord, type JsonRecord } from '#shared/lib/json.ts'
import { microUsdFromUsd } from '#shared/lib/money.ts'
import type { Usage } from '#shared/spending/usage.ts'

/** What a server counted, under the names that servers use (docs/servers.md C). `odd` = a figure was no count and is left out. */
export interface ReadUsage {
  /** null = it holds no count at all. */
  usage: Usage | null
  odd: boolean
}

/** What else is known of an answer whose usage is read. */
export interface UsageContext {
  /** llama-server's. */
  timings?: unknown
  /** LiteLLM's header of a whole reply. */
  costUsd?: number
  /** Text, reasoning or a call came: an answer of no tokens is not true. */
  answered?: boolean
}

/**
 * The usage that a later chunk reports, over what earlier ones did. A zero replaces no count: some servers close their
 * stream with a usage of nothing but zeros.
 */
export function mergeUsage(before: unknown, later: unknown): unknown {
  if (later === undefined || later === null) return before
  if (!isRecord(before) || !isRecord(later)) return later
  const kept = Object.entries(before).filter(([name, value]) => counts(value) && !counts(later[name]))
  return { ...later, ...Object.fromEntries(kept) }
}

/** Whether something was counted, at whatever depth. */
function counts(value: unknown): boolean {
  if (isRecord(value)) return Object.values(value).some(counts)
  return typeof value === 'number' && value > 0
}

/**
 * Reads what a server counted. A count that cannot be (a prompt of no tokens, an answer of none although text came) is
 * none: whoever needs one has to estimate. A prompt of more tokens than were sent can be, since servers and proxies put
 * words of their own before it, and it is the person's limits that have to hold.
 */
export function readUsage(value: unknown, more: UsageContext = {}): ReadUsage {
  if (!isRecord(value)) return { usage: null, odd: value !== null && value !== undefined }
  const reader = new Reader()
  const input = record(value.prompt_tokens_details ?? value.input_tokens_details)
  const output = record(value.completion_tokens_details ?? value.output_tokens_details)
  const timings = record(more.timings)
  const inputTokens = reader.count(value.prompt_tokens ?? value.prompt_eval_count ?? value.input_tokens, 1)
  const outputTokens = reader.count(
    value.completion_tokens ?? value.eval_count ?? value.output_tokens,
    more.answered ? 1 : 0,
  )
  const cachedInputTokens = reader.count(
    input.cached_tokens ?? value.cache_read_input_tokens ?? value.prompt_cache_hit_tokens ?? timings.cache_n,
  )
  const written = reader.count(
    input.cache_write_tokens ?? value.cache_creation_input_tokens ?? input.created_cache_tokens,
  )
  const reasoningTokens = reader.count(output.reasoning_tokens)
  const cost = reader.cost(value.cost ?? more.costUsd)
  const said = [inputTokens, outputTokens, cost].some((number) => number !== null)
  const usage: Usage = {
    inputTokens,
    outputTokens,
    cachedInputTokens,
    ...(written !== null && { cacheWriteTokens: written }),
    reasoningTokens,
    costMicroUsd: cost,
    source: 'reported',
  }
  return { usage: said ? usage : null, odd: reader.odd }
}

/** No call of a model comes to more. */
const MOST_TOKENS = 1_000_000_000

class Reader {
  odd = false

  /** A zero that cannot be is what servers say that do not count; it is nothing to tell a person of. */
  count(value: unknown, least = 0): number | null {
    const number = this.#amount(value)
    if (number === null || (number === 0 && least > 0)) return null
    if (Number.isInteger(number) && number <= MOST_TOKENS) return number
    this.odd = true
    return null
  }

  /** Micro-dollars of a sum in USD. */
  cost(value: unknown): number | null {
    const number = this.#amount(value)
    return number === null ? null : microUsdFromUsd(number)
  }

  #amount(value: unknown): number | null {
    if (value === undefined || value === null) return null
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
    this.odd = true
    return null
  }
}

function record(value: unknown): JsonRecord {
  return isRecord(value) ? value : {}
}
