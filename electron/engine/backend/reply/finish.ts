import type { Finish } from '../contract/backend.ts'

const known: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  abort: 'error',
  error: 'error',
}

/** A server's `finish_reason`; null = it never said one. */
export function readFinish(raw: string | null): Finish {
  return raw === null ? 'unknown' : (known[raw] ?? 'other')
}
