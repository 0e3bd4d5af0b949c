import { isRecord, type JsonRecord } from '#shared/lib/json.ts'

/**
 * A line of Ollama's `/api/chat` in the form of a chunk of `/v1` (docs/servers.md B.3). `callsBefore` = the calls of earlier
 * lines: the server's own indexes start again with every line on older versions.
 */
export function chunkFromNative(line: JsonRecord, callsBefore: number): JsonRecord {
  const message = isRecord(line.message) ? line.message : {}
  const calls = callsOf(line)
  const finish = finishOf(line)
  const usage = usageOf(line)
  const delta = {
    ...(message.content !== undefined && { content: message.content }),
    ...(message.thinking !== undefined && { reasoning: message.thinking }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call, position) => ({ ...call, index: callsBefore + position })),
    }),
  }
  return { model: line.model, choices: [{ index: 0, delta, finish_reason: finish }], ...(usage && { usage }) }
}

export function callsOf({ message }: JsonRecord): JsonRecord[] {
  const calls = isRecord(message) ? message.tool_calls : undefined
  return Array.isArray(calls) ? calls.filter(isRecord) : []
}

/** Some servers give a reason and never say `done` (docs/servers.md B.3). */
function finishOf({ done, done_reason: reason }: JsonRecord): string | null {
  if (typeof reason === 'string' && reason !== '') return reason
  return done === true ? 'stop' : null
}

/**
 * Counts of zero are left out. An output that is not there beside an input was none; an input that is not there may be
 * a prompt that was in the cache, so it stays unknown.
 */
function usageOf({ prompt_eval_count: input, eval_count: output }: JsonRecord): JsonRecord | null {
  if (input === undefined && output === undefined) return null
  return { prompt_eval_count: input, eval_count: output ?? 0 }
}
