/** Bytes of instructions that reach the model at once. */
export const LARGEST_MESSAGE = 8 * 1024
/** Of the window, and so many bytes are a token: less than what most texts have, so that the part is kept. */
const PART_OF_WINDOW = 0.1
const BYTES_A_TOKEN = 3

/** What a person wants, from one file. */
export interface InstructionText {
  /** As the model is told of it. */
  name: string
  text: string
  /** Of the file. */
  bytes: number
}

export interface MessageParts {
  /** The nearest last. */
  texts: readonly InstructionText[]
  /** Files that count and could not be taken, with the reason. */
  problems: readonly string[]
  /** Names of files below. */
  nested: readonly string[]
  /** Names of files that are there and do not count. */
  untrusted: readonly string[]
  /** What nobody who wrote a file of the folder can know. */
  mark: string
}

/** The bytes that instructions may take; `window` in tokens, null = nobody knows it. */
export function roomFor(window: number | null): number {
  return window === null
    ? LARGEST_MESSAGE
    : Math.min(LARGEST_MESSAGE, Math.floor(window * PART_OF_WINDOW * BYTES_A_TOKEN))
}

/**
 * What the model reads of the instructions of a folder, in at most `room` bytes, and the names of the files that have a
 * part in it. The nearest file comes first and is cut at the end of a line if need be; a farther one is there whole or only
 * named, with its size. Empty = there is nothing to say, or no room for it.
 */
export function instructionsMessage(parts: MessageParts, room: number): { text: string; used: ReadonlySet<string> } {
  const nothing = { text: '', used: new Set<string>() }
  if (parts.texts.length + parts.untrusted.length + parts.problems.length + parts.nested.length === 0) return nothing
  for (const namesRoom of [Math.min(1024, Math.floor(room / 4)), 0]) {
    for (let left = room; left > 0; ) {
      const made = make(parts, left, namesRoom)
      const beyond = Buffer.byteLength(made.text) - room
      if (beyond <= 0) return made.isEmpty ? nothing : { text: made.text, used: made.used }
      left -= beyond
    }
  }
  return nothing
}

function make({ texts, problems, nested, untrusted, mark }: MessageParts, room: number, namesRoom: number) {
  let left = room
  const shown: string[] = []
  const leftOut: string[] = []
  const used = new Set<string>()
  for (const [index, { name, text, bytes }] of texts.toReversed().entries()) {
    const size = Buffer.byteLength(text)
    const part = size <= left ? text : index === 0 ? beginning(text, left) : ''
    if (part !== '') {
      used.add(name)
      left -= Buffer.byteLength(part)
      shown.unshift(`[${name}]\n${part}`)
    }
    if (part !== text)
      leftOut.unshift(part === '' ? `${name} (${bytes} bytes)` : `the end of ${name} (it has ${bytes} bytes)`)
  }
  const ends = [
    listed('Left out for lack of room: ', leftOut, namesRoom),
    listed('Not taken: ', problems, namesRoom / 2),
    listed('More for folders below, to be read before work there: ', nested, namesRoom),
    listed('There, but the user has not trusted this folder, so it does not count: ', untrusted, namesRoom / 2),
  ].filter((line) => line !== '')
  const tag = mark === '' ? 'instructions' : `instructions-${mark}`
  const head = shown.length > 0 ? ['What the user wants here. Where two differ, the later one counts.'] : []
  const text = [`<${tag}>`, ...head, ...shown, ...ends, `</${tag}>`].join('\n')
  return { text, used, isEmpty: shown.length + ends.length === 0 }
}

/** As many names as fit into so many bytes, and how many more there are; empty = none. */
function listed(title: string, names: readonly string[], room: number): string {
  if (names.length === 0 || room <= 0) return ''
  const shown: string[] = []
  let left = room
  for (const name of names) {
    left -= Buffer.byteLength(name) + 2
    if (left < 0) break
    shown.push(name)
  }
  const more = names.length - shown.length
  return `${title}${[...shown, ...(more > 0 ? [`${shown.length > 0 ? 'and ' : ''}${more} ${shown.length > 0 ? 'more' : 'files'}`] : [])].join(', ')}`
}

/** Whole lines of a text, in at most so many bytes. */
function beginning(text: string, bytes: number): string {
  // No character is cut: a line feed stands alone in UTF-8.
  const part = Buffer.from(text).subarray(0, Math.max(0, bytes))
  return part
    .subarray(0, part.lastIndexOf(0x0a) + 1)
    .toString('utf8')
    .trimEnd()
}
