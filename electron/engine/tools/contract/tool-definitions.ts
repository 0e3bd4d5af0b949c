import { z } from 'zod'
import type { Tool } from './tool.ts'

/** A tool as the model sees it; the type is the backend's `ToolDefinition`. */
interface Definition {
  name: string
  description: string
  parameters: Record<string, unknown>
}

/** The same bytes for the same tools; each byte is paid at every cold start of a model. */
export function toolDefinitions(tools: readonly Tool[]): Definition[] {
  return tools.map(({ name, description, input }) => ({
    name,
    description,
    parameters: trimmed(z.toJSONSchema(input)),
  }))
}

/** Without what says nothing to a model: dialect, closedness, the bounds of a safe integer. */
function trimmed(schema: object): Record<string, unknown> {
  const kept = Object.entries(schema).filter(
    ([key, value]) =>
      key !== '$schema' &&
      key !== 'additionalProperties' &&
      !((key === 'minimum' || key === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER) &&
      key !== 'minLength',
  )
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      typeof value === 'object' && value && !Array.isArray(value) ? trimmed(value) : value,
    ]),
  )
}
