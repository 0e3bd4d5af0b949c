import { assertNever } from '#shared/lib/assert-never.ts'
import { isRecord, parseJson } from '#shared/lib/json.ts'
import { beginningOf } from '#shared/lib/whole-characters.ts'
import { oneReading } from './one-reading.ts'

/**
 * What the arguments of a call are. The `text` of `whole` ones is a JSON object, byte for byte as received, unless `mended`
 * says what was wrong with it; `unfinished` ones stop in the middle.
 */
export type ArgumentsReading =
  | { kind: 'whole'; text: string; mended?: string }
  | { kind: 'broken'; problem: string }
  | { kind: 'unfinished' }

/**
 * Reads the arguments of a call that has ended. Nothing at all is `{}`, unless the tool requires some; JSON text inside
 * a JSON string is taken out (docs/servers.md C).
 */
export function wholeArguments(received: string, required: boolean): ArgumentsReading {
  const text = received.trim()
  if (text === '' || text === 'null') {
    return required ? broken('The call came without its arguments.') : { kind: 'whole', text: '{}' }
  }
  const value = parseJson(text)
  if (isRecord(value)) return { kind: 'whole', text: received }
  if (typeof value === 'string' && isRecord(parseJson(value))) return { kind: 'whole', text: value }
  if (value !== undefined) return broken('The arguments are not a JSON object.')
  if (endsInTheMiddle(text)) return { kind: 'unfinished' }
  const reading = oneReading(text)
  switch (reading.kind) {
    case 'one':
      return { kind: 'whole', text: reading.text, mended: reading.mended }
    case 'several':
      return broken('Several argument objects were joined into one call. Make one call for each.')
    case 'none':
      return broken(`The arguments are not valid JSON: ${whatIsWrong(text)}.`)
    default:
      return assertNever(reading)
  }
}

function broken(problem: string): ArgumentsReading {
  return { kind: 'broken', problem }
}

/** Why a call of a reply that was cut must not run. `isUnfinished` = the cut went through the call itself. */
export function problemOfCut(isUnfinished: boolean): string {
  return isUnfinished ? CUT : 'The answer was cut at its length limit, so this call was not run.'
}

const CUT = 'The answer was cut in the middle of this call. Call again with less text at once.'

/** Broken because it stops: a string or a bracket is still open at the end. */
function endsInTheMiddle(text: string): boolean {
  let depth = 0
  let inString = false
  for (let position = 0; position < text.length; position++) {
    const character = text[position]
    if (inString) {
      if (character === '\\') position++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
  }
  return inString || depth > 0
}

/** In the words of the parser, which says where. */
function whatIsWrong(text: string): string {
  try {
    JSON.parse(text)
    return 'they are'
  } catch (error) {
    return beginningOf(error instanceof Error ? error.message : String(error), 200)
  }
}
