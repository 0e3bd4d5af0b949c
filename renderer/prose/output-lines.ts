import { visibleText } from '#shared/lib/visible-text.ts'

/** A piece of output and the class of the colour that the program gave it; empty = none. */
export interface OutputSpan {
  text: string
  kind: string
}

export interface OutputView {
  head: readonly string[]
  /** How many lines are left out between head and tail. */
  hidden: number
  tail: readonly string[]
}

/** Up to this many lines are shown whole. */
const WHOLE = 24
const HEAD = 10
const TAIL = 8
/** Of a command that runs. */
const LIVE = 14

/** The first and the last lines, or all of a short output. */
export function foldOutput(output: string): OutputView {
  const lines = splitOutput(output)
  if (lines.length <= WHOLE) return { head: lines, hidden: 0, tail: [] }
  return { head: lines.slice(0, HEAD), hidden: lines.length - HEAD - TAIL, tail: lines.slice(-TAIL) }
}

/** The newest lines. Looks at the end only: output of a running command changes many times a second. */
export function lastLines(output: string): string[] {
  let start = output.length
  for (let line = 0; line <= LIVE && start >= 0; line++) start = output.lastIndexOf('\n', start - 1)
  return splitOutput(output.slice(start + 1))
}

export function splitOutput(output: string): string[] {
  const lines = output.replace(/\r\n/g, '\n').replace(/\n+$/, '').split('\n')
  // A carriage return writes over its line: what came last stands.
  return lines.map((line) => (line.includes('\r') ? (line.split('\r').findLast((part) => part !== '') ?? '') : line))
}

const kinds: Readonly<Record<number, string>> = {
  2: 'p',
  31: 'c-danger',
  32: 'c-ok',
  33: 'c-warn',
  34: 'c-info',
  35: 'k',
  36: 'c-accent',
  90: 'p',
  91: 'c-danger',
  92: 'c-ok',
  93: 'c-warn',
  94: 'c-info',
  95: 'k',
  96: 'c-accent',
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are steered by them
const controlCode = /\u001b(?:\[([\d;?]*)([A-Za-z])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g

/** Colours as the program set them, in our own palette; all else that steers a terminal is left out. */
export function colourOutput(line: string): readonly OutputSpan[] {
  if (!line.includes('\u001b')) return [{ text: visibleText(line), kind: '' }]
  const spans: OutputSpan[] = []
  let kind = ''
  let from = 0
  const add = (end: number) => {
    if (end > from) spans.push({ text: visibleText(line.slice(from, end)), kind })
  }
  for (const match of line.matchAll(controlCode)) {
    add(match.index)
    from = match.index + match[0].length
    if (match[2] === 'm') kind = nextKind(kind, match[1] ?? '')
  }
  add(line.length)
  return spans
}

function nextKind(kind: string, parameters: string): string {
  let next = kind
  for (const parameter of parameters.split(';').map(Number)) {
    if (parameter === 0 || parameter === 39 || parameter === 22) next = ''
    else next = kinds[parameter] ?? next
  }
  return next
}
