import type { ToolDefinition } from '../contract/backend.ts'
import { LeakFilter, type Recovery } from './leak-filter.ts'

/** Takes the calls of these tools out of a whole text; never throws. */
export function recoverToolCalls(text: string, tools: readonly ToolDefinition[]): Omit<Recovery, 'held'> {
  const filter = new LeakFilter(tools)
  const shown = filter.feed(text)
  const rest = filter.end()
  const { held: _held, text: last, ...found } = rest
  return { text: shown + last, ...found }
}
