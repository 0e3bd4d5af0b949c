import { microUsdFromUsd } from '#shared/money.ts'
import type { Usage } from '#shared/usage.ts'
import { isRecord, type JsonRecord } from './json-record.ts'

/** What a server counted, under the names that servers use (backends.md C). `odd` = a figure was no count and is left out. */
export interface ReadUsage {
  /** null = it holds no count at all. */
  usage: Usage | null
  odd: boolean
}

/** `timings` are llama-server's, `costUsd` LiteLLM's header of a whole reply. */
export function readUsage(value: unknown, more: { timings?: unknown; costUsd?: number } = {}): ReadUsage {
  if (!isRecord(value)) return { usage: null, odd: value !== null && value !== undefined }
  const reader = new Reader()
  const input = record(value.prompt_tokens_details ?? value.input_tokens_details)
  const output = record(value.completion_tokens_details ?? value.output_tokens_details)
  const timings = record(more.timings)
  const inputTokens = reader.count(value.prompt_tokens ?? value.prompt_eval_count ?? value.input_tokens)
  const outputTokens = reader.count(value.completion_tokens ?? value.eval_count ?? value.output_tokens)
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

class Reader {
  odd = false

  count(value: unknown): number | null {
    const number = this.#amount(value)
    if (number === null || Number.isInteger(number)) return number
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
