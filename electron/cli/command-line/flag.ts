import { isRecord, parseJson } from '#shared/lib/json.ts'
/** The command line cannot be understood: one sentence about it. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** One `--flag`. `read` gets its text and what an earlier mention of it gave; throws `UsageError` with what it needs. */
export interface Flag<Value> {
  /** Such as `<folder>`; null = a switch, which takes no value. */
  placeholder: string | null
  help: string
  read(text: string, before: Value | undefined): Value
}

export function toggle(help: string): Flag<true> {
  return { placeholder: null, help, read: () => true }
}

export function text(placeholder: string, help: string): Flag<string> {
  return { placeholder, help, read: (value) => value }
}

/** May be given several times. */
export function texts(placeholder: string, help: string): Flag<readonly string[]> {
  return { placeholder, help, read: (value, before) => [...(before ?? []), value] }
}

export function filled(placeholder: string, help: string): Flag<string> {
  return { placeholder, help, read: (value) => value.trim() || need('a value that is not empty', value) }
}

/** A whole number from 0 on. */
export function count(help: string): Flag<number> {
  const read = (value: string) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    return Number.isSafeInteger(number) ? number : need('a whole number', value)
  }
  return { placeholder: '<number>', help, read }
}

/** A whole number, also below 0. */
export function whole(help: string): Flag<number> {
  const read = (value: string) => {
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN
    return Number.isSafeInteger(number) ? number : need('a whole number', value)
  }
  return { placeholder: '<number>', help, read }
}

export function jsonObject(help: string): Flag<Record<string, unknown>> {
  const read = (value: string) => {
    const parsed = parseJson(value)
    return isRecord(parsed) ? parsed : need('a JSON object', value)
  }
  return { placeholder: '<json>', help, read }
}

export function decimal(placeholder: string, help: string, maximum = Number.MAX_SAFE_INTEGER): Flag<number> {
  const what = maximum === Number.MAX_SAFE_INTEGER ? 'a number from 0 on' : `a number from 0 to ${maximum}`
  const read = (value: string) => {
    const number = /^(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : Number.NaN
    return number <= maximum ? number : need(what, value)
  }
  return { placeholder, help, read }
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** `90`, `90s`, `1.5m` or `1h`; in milliseconds. */
export function duration(help: string): Flag<number> {
  const read = (value: string) => {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value) ?? []
    const milliseconds = Math.round(Number(digits) * unitMs[(unit ?? 's') as keyof typeof unitMs])
    return milliseconds > 0 ? milliseconds : need('a time such as 90s, 5m or 1h', value)
  }
  return { placeholder: '<time>', help, read }
}

export function oneOf<const Choice extends string>(choices: readonly Choice[], help: string): Flag<Choice> {
  const read = (value: string) =>
    choices.find((choice) => choice === value) ?? need(`one of ${choices.join(', ')}`, value)
  return { placeholder: '<name>', help, read }
}

/** A web address. */
export function address(help: string): Flag<string> {
  const read = (value: string) => {
    const url = URL.canParse(value) ? new URL(value) : null
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return value
    return need('a web address such as http://127.0.0.1:8000/v1', value)
  }
  return { placeholder: '<url>', help, read }
}

function need(what: string, value: string): never {
  throw new UsageError(`needs ${what}, not "${value}"`)
}
