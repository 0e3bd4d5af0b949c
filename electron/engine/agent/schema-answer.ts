import { type OutputUnit, Validator } from '@cfworker/json-schema'
import { counted } from '#shared/lib/counted.ts'
import { cutText } from '#shared/lib/cut-text.ts'
import { parseJson } from '#shared/lib/json.ts'

/** What is wrong with an answer that has to follow a JSON Schema. `unknown` = nobody can say, because of the schema. */
export type SchemaVerdict =
  | { kind: 'follows' }
  | { kind: 'differs'; problem: string }
  | { kind: 'unknown'; reason: string }

const MOST_PROBLEMS = 5
/** Of one problem. Characters. */
const LONGEST = 200

/**
 * Compares the text of an answer with a JSON Schema (draft 2020-12). It has to be the JSON alone, without a fence or words
 * around it. `format` is a remark and no rule there.
 */
export function schemaVerdict(schema: Record<string, unknown>, text: string): SchemaVerdict {
  const value = parseJson(text.trim())
  if (value === undefined) return { kind: 'differs', problem: 'it is not JSON alone' }
  try {
    const { errors } = new Validator(schema, '2020-12', false).validate(value)
    const problems = errors.filter(({ keyword }) => !AROUND.has(keyword))
    return problems.length === 0 ? { kind: 'follows' } : { kind: 'differs', problem: problemWords(problems) }
  } catch (error) {
    // Such as a reference that leads nowhere.
    return { kind: 'unknown', reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
}

/** Keywords that only say that something inside of them is wrong, which is told as well; and `format`. */
const AROUND: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  'items',
  'prefixItems',
  'allOf',
  'if',
  '$ref',
  '$dynamicRef',
  'false',
  'format',
])

function problemWords(problems: readonly OutputUnit[]): string {
  const words = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ instanceLocation, error }) =>
      cutText(`${jsonPath(instanceLocation)}: ${error.replace(/\.$/, '')}`, LONGEST),
    )
  const more = problems.length > MOST_PROBLEMS ? [counted(problems.length - MOST_PROBLEMS, 'more problem')] : []
  return [...words, ...more].join('; ')
}

/** `#/items/2/name` as `$.items[2].name`. */
function jsonPath(pointer: string): string {
  const keys = pointer.replace(/^#/, '').split('/').slice(1)
  return keys.reduce((all, key) => (/^\d+$/.test(key) ? `${all}[${key}]` : `${all}.${key}`), '$')
}
