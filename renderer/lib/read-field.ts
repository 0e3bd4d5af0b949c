import { isRecord } from '#shared/lib/json.ts'
import { ProviderRouting, reservedSampling } from '#shared/profile/profile.ts'
import { MOST_VERIFY_COMMANDS, VerifyCommand } from '#shared/verify/verify-command.ts'

/** What is wrong with a field, in one sentence for the person. */
export class FieldProblem extends Error {}

/** Each reads one box of the form; empty = undefined. Throws `FieldProblem`. */
export function readTokens(value: string): number | undefined {
  const trimmed = value.trim()
  if (trimmed === '') return undefined
  const tokens = /^(\d{1,3}([\s,._]\d{3})+|\d{1,9})$/.test(trimmed) ? Number(trimmed.replace(/\D/g, '')) : 0
  if (tokens === 0) throw new FieldProblem('Write a whole number of tokens, such as 32,768, or leave it empty.')
  return tokens
}

export function readTemperature(value: string): number | undefined {
  if (value.trim() === '') return undefined
  const number = decimal(value)
  if (number === null || number > 2)
    throw new FieldProblem('Write a number from 0 to 2, such as 0.7, or leave it empty.')
  return number
}

export function readPrice(value: string): number | undefined {
  if (value.trim() === '') return undefined
  const number = decimal(value.replace('$', ''))
  if (number === null)
    throw new FieldProblem('Write dollars per million tokens, such as 0.25, or leave it empty if you do not know.')
  return number
}

function decimal(value: string): number | null {
  const trimmed = value.trim().replace(',', '.')
  return /^(\d+\.?\d*|\.\d+)$/.test(trimmed) ? Number(trimmed) : null
}

export function readHeaders(value: string): Record<string, string> | undefined {
  const object = readObject(value, '{"X-Team": "tools"}')
  if (!object) return undefined
  const wrong = Object.entries(object).find(([, header]) => typeof header !== 'string')
  if (wrong) throw new FieldProblem(`Put the value of ${wrong[0]} in quotes; headers are text.`)
  const badName = Object.keys(object).find((name) => !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name))
  if (badName !== undefined) throw new FieldProblem(`"${badName}" is not a header name; letters, digits and - are.`)
  const broken = Object.entries(object).find(([, header]) => /[\r\n\0]/.test(String(header)))
  if (broken) throw new FieldProblem(`The value of ${broken[0]} has a line break in it.`)
  return Object.fromEntries(Object.entries(object).map(([name, header]) => [name, String(header)]))
}

export function readObject(value: string, example: string): Record<string, unknown> | undefined {
  if (value.trim() === '') return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(value)
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : String(error)
    throw new FieldProblem(`This is not JSON yet: ${reason}.`)
  }
  if (!isRecord(parsed)) throw new FieldProblem(`Write a JSON object, such as ${example}.`)
  return parsed
}

export function readTopP(value: string): number | undefined {
  if (value.trim() === '') return undefined
  const number = decimal(value)
  if (number === null || number === 0 || number > 1)
    throw new FieldProblem('Write a number above 0 and up to 1, such as 0.95, or leave it empty.')
  return number
}

export function readSeed(value: string): number | undefined {
  const trimmed = value.trim()
  if (trimmed === '') return undefined
  if (!/^-?\d{1,15}$/.test(trimmed)) throw new FieldProblem('Write a whole number, such as 42, or leave it empty.')
  return Number(trimmed)
}

export function readSampling(value: string): Record<string, number> | undefined {
  const object = readObject(value, '{"top_k": 20}')
  if (!object) return undefined
  const fields: Record<string, number> = {}
  for (const [name, number] of Object.entries(object)) {
    if (typeof number !== 'number')
      throw new FieldProblem(`The value of ${name} is no number; anything else goes into the extra request fields.`)
    if (!/^[a-z][a-z0-9_]{0,39}$/.test(name))
      throw new FieldProblem(`"${name}" is not the name of a sampling field; small letters, digits and _ are.`)
    if (reservedSampling.has(name)) throw new FieldProblem(`${name} has a place of its own; take it out here.`)
    fields[name] = number
  }
  return fields
}

/** `\n` and `\t` stand for themselves, so that a stop text may hold them. */
export function readStop(value: string): string[] | undefined {
  const stops = value
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\\([nt\\])/g, (_whole, letter: string) => escapes[letter] ?? letter))
  if (stops.length === 0) return undefined
  if (stops.length > 16) throw new FieldProblem(`Write at most 16 lines; these are ${stops.length}.`)
  if (stops.some((stop) => stop.length > 200))
    throw new FieldProblem('One of these lines has more than 200 characters.')
  return stops
}

/** One command a line. Throws `FieldProblem`. */
export function readVerifyCommands(value: string): string[] | undefined {
  const commands = value.split('\n').flatMap((line) => line.trim() || [])
  if (commands.length === 0) return undefined
  if (commands.length > MOST_VERIFY_COMMANDS)
    throw new FieldProblem(`Write at most ${MOST_VERIFY_COMMANDS} lines; these are ${commands.length}.`)
  if (commands.some((command) => !VerifyCommand.safeParse(command).success))
    throw new FieldProblem('One of these commands is too long. Put it into a script.')
  return commands
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\' }

/** The other way of `readStop`, for one line. */
export function escapeLine(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}

export function readProvider(value: string): Record<string, unknown> | undefined {
  const object = readObject(value, '{"order": ["deepinfra"], "allow_fallbacks": false}')
  if (!object) return undefined
  const parsed = ProviderRouting.safeParse(object)
  if (parsed.success) return object
  const name = String(parsed.error.issues[0]?.path[0] ?? '')
  throw new FieldProblem(`${name} has to be ${routingShapes[name] ?? 'something else'}.`)
}

const list = 'a list of texts, such as ["deepinfra"]'
const yesOrNo = 'true or false'
const routingShapes: Readonly<Record<string, string>> = {
  order: list,
  only: list,
  ignore: list,
  quantizations: 'a list of texts, such as ["fp8"]',
  allow_fallbacks: yesOrNo,
  require_parameters: yesOrNo,
  zdr: yesOrNo,
  data_collection: '"allow" or "deny"',
  sort: '"price", "throughput" or "latency"',
  max_price: 'an object of prices, such as {"prompt": 1}',
}

/** Milliseconds of a number of seconds. */
export function readSeconds(value: string): number | undefined {
  if (value.trim() === '') return undefined
  const number = decimal(value)
  const milliseconds = Math.round((number ?? 0) * 1000)
  if (milliseconds < 1 || milliseconds > 86_400_000)
    throw new FieldProblem('Write a number of seconds up to 86,400, such as 90, or leave it empty.')
  return milliseconds
}

export function readSlots(value: string): number | undefined {
  const trimmed = value.trim()
  if (trimmed === '') return undefined
  if (!/^\d{1,3}$/.test(trimmed) || Number(trimmed) < 1 || Number(trimmed) > 256)
    throw new FieldProblem('Write a whole number from 1 to 256, or leave it empty.')
  return Number(trimmed)
}

export function readPath(value: string): string | undefined {
  const trimmed = value.trim()
  if (trimmed === '') return undefined
  if (!/^(\/|[A-Za-z]:[\\/]|\\\\)/.test(trimmed) || trimmed.length > 4096)
    throw new FieldProblem('Write the full path of the file, such as /etc/ssl/lab-ca.pem.')
  return trimmed
}
