import { z } from 'zod'
import type { Tool } from './tool.ts'

/** The parameters and the parser of a tool whose input has a zod schema; both say the same. */
export function zodArguments<Input>(schema: z.ZodType<Input>): Pick<Tool<Input>, 'parameters' | 'parse'> {
  let parameters: Record<string, unknown> | undefined
  return {
    // Only who sends a request pays for it.
    get parameters() {
      parameters ??= trimmed(z.toJSONSchema(schema))
      return parameters
    },
    parse(given) {
      const parsed = schema.safeParse(given)
      if (parsed.success) return { ok: true, input: parsed.data }
      return { ok: false, problems: parsed.error.issues.map((issue) => problemOf(issue, given)) }
    },
  }
}

function problemOf({ path, message }: z.core.$ZodIssue, given: Readonly<Record<string, unknown>>): string {
  const name = path.join('.')
  return name && !(name in given) ? `${name} is missing` : `${name || 'they'}: ${message}`
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
