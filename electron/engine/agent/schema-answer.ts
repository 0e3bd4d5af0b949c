import { z } from 'zod'
import { counted } from '#shared/lib/counted.ts'
import { cutText } from '#shared/lib/cut-text.ts'
import { parseJson } from '#shared/lib/json.ts'

/** What is wrong with an answer that has to follow a JSON Schema. `unknown` = the schema holds what cannot be checked here. */
export type SchemaVerdict =
  | { kind: 'follows' }
  | { kind: 'differs'; problem: string }
  | { kind: 'unknown'; reason: string }

const MOST_PROBLEMS = 5
/** Of one problem. Characters. */
const LONGEST = 200

/** Compares the text of an answer with a JSON Schema. It has to be the JSON alone, without a fence or words around it. */
export function schemaVerdict(schema: Record<string, unknown>, text: string): SchemaVerdict {
  const value = parseJson(text.trim())
  if (value === undefined) return { kind: 'differs', problem: 'it is not JSON alone' }
  const checker = checkerOf(schema)
  if (checker.kind === 'unknown') return checker
  const checked = checker.type.safeParse(value)
  if (checked.success) return { kind: 'follows' }
  const { issues } = checked.error
  const words = issues
    .slice(0, MOST_PROBLEMS)
    .map(({ path, message }) => cutText(`${place(path)}: ${message}`, LONGEST))
  const more = issues.length > MOST_PROBLEMS ? [`${counted(issues.length - MOST_PROBLEMS, 'more problem')}`] : []
  return { kind: 'differs', problem: [...words, ...more].join('; ') }
}

type Checker = { kind: 'known'; type: z.ZodType } | { kind: 'unknown'; reason: string }

function checkerOf(schema: Record<string, unknown>): Checker {
  try {
    return { kind: 'known', type: z.fromJSONSchema(schema) }
  } catch (error) {
    // Not every keyword of JSON Schema is known to the library; the server may hold the answer to it all the same.
    return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) }
  }
}

/** `$.items[2].name`, as JSON paths are written. */
function place(path: readonly PropertyKey[]): string {
  return path.reduce<string>((all, key) => (typeof key === 'number' ? `${all}[${key}]` : `${all}.${String(key)}`), '$')
}
