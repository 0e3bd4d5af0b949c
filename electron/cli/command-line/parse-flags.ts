import { parseArgs } from 'node:util'
import { type Flag, UsageError } from './flag.ts'
import { nearest } from './nearest.ts'

export type FlagTable = Readonly<Record<string, Flag<unknown>>>

type ValueOf<One> = One extends Flag<infer Value> ? Value : never
/** What a command line gave, by the name of the flag; a flag that was not given is not there. */
export type FlagValues<Table extends FlagTable> = { -readonly [Name in keyof Table]?: ValueOf<Table[Name]> }

interface Parsed<Table extends FlagTable> {
  values: FlagValues<Table>
  positionals: string[]
}

/** `UsageError`: an unknown flag, a value that is missing, superfluous or wrong. Everything after `--` is positional. */
export function parseFlags<Table extends FlagTable>(table: Table, args: readonly string[]): Parsed<Table> {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(table).map(([name, flag]) => [name, { type: flag.placeholder === null ? 'boolean' : 'string' }]),
    ),
  })
  const values: Record<string, unknown> = {}
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const name = token.rawName === '-h' ? 'help' : token.name
    const flag = Object.hasOwn(table, name) ? table[name] : undefined
    if (!flag) throw new UsageError(`There is no flag ${token.rawName}${suggestion(table, token.name)}.`)
    values[name] = readValue(flag, token, values[name])
  }
  // Each value came out of the `read` of the flag with its name.
  return { values: values as FlagValues<Table>, positionals }
}

interface Token {
  rawName: string
  value: string | undefined
  inlineValue: boolean | undefined
}

function readValue(flag: Flag<unknown>, { rawName, value, inlineValue }: Token, before: unknown): unknown {
  if (flag.placeholder === null) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`)
    return flag.read('', before)
  }
  // A flag in the place of a value is a value that was forgotten; `--name=--value` says it is meant.
  if (value === undefined || (!inlineValue && value.startsWith('--'))) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${flag.placeholder}.`)
  }
  try {
    return flag.read(value, before)
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${rawName} ${error.message}.`)
    throw error
  }
}

/** For a flag that is nearly one of ours. */
function suggestion(table: FlagTable, wanted: string): string {
  const near = nearest(wanted, Object.keys(table))
  return near ? `; perhaps --${near} was meant` : ''
}
