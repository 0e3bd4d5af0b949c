import { basename, dirname, extname, relative, resolve, sep } from 'node:path'
import { readInstructions } from './read-instructions.ts'

/** How deep a file may import one that imports one. */
const DEEPEST = 3
/** Imports of one file, those of its imports among them. */
const MOST_IMPORTS = 20
/** Bytes of text that one file can become. */
const LARGEST_TEXT = 64 * 1024

/** A file whose lines `@path` are replaced by what those files say. */
export interface ExpandedFile {
  text: string
  /** Imports that were not followed, each with its reason, as sentences without a full stop. */
  problems: string[]
}

interface Expansion {
  within: string
  isOwn: boolean
  problems: string[]
  left: { imports: number; bytes: number }
}

/**
 * Puts the text of imported files in the place of lines that are `@` and a path, relative to the file they stand in. Only
 * files inside of the real folder `within` are read, three deep at most, none inside of itself; `isOwn` = of the person's
 * file only `.md` are, because keys lie beside it. A line that names no file stays as it is, and so does what stands in a
 * fence.
 */
export async function expandImports(
  file: { real: string; text: string },
  { within, isOwn }: { within: string; isOwn: boolean },
): Promise<ExpandedFile> {
  const left = { imports: MOST_IMPORTS, bytes: LARGEST_TEXT - Buffer.byteLength(file.text) }
  const expansion: Expansion = { within, isOwn, problems: [], left }
  const text = await expand(file, [file.real], expansion)
  return { text, problems: expansion.problems }
}

async function expand(
  { real, text }: { real: string; text: string },
  chain: readonly string[],
  expansion: Expansion,
): Promise<string> {
  if (!text.includes('@')) return text
  const lines: string[] = []
  let fence: string | null = null
  for (const line of text.split('\n')) {
    const [, mark = null] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? []
    if (mark !== null) {
      if (fence === null) fence = mark
      else if (mark[0] === fence[0] && mark.length >= fence.length) fence = null
    }
    const [, named] = (fence === null && /^ {0,3}@(\S.*?)\s*$/.exec(line)) || []
    lines.push((named && (await imported(named, real, chain, expansion))) || line)
  }
  return lines.join('\n')
}

/** null = the line stays. */
async function imported(
  named: string,
  from: string,
  chain: readonly string[],
  { within, isOwn, problems, left }: Expansion,
): Promise<string | null> {
  const refuse = (why: string) => {
    problems.push(`@${named} ${why}`)
    return null
  }
  if (named.startsWith('~')) return refuse('leads out of the folder')
  const path = resolve(dirname(from), named)
  // What is not there is no import, but a name that begins with an @; a file outside is not even looked for.
  if (!`${path}${sep}`.startsWith(`${within}${sep}`)) return refuse('leads out of the folder')
  if (isSecret(relative(within, path), isOwn)) return refuse('is not for the model')
  const file = await readInstructions(path, within)
  if (file.kind === 'none') return null
  if (file.kind === 'refused') return refuse(file.problem)
  if (isSecret(relative(within, file.real), isOwn)) return refuse('is not for the model')
  if (chain.includes(file.real)) return refuse('imports itself')
  if (chain.length > DEEPEST) return refuse(`is more than ${DEEPEST} imports deep`)
  if (left.imports === 0) return refuse(`is one of more than ${MOST_IMPORTS} imports`)
  if (left.bytes < file.bytes) return refuse('is more than there is room for')
  left.imports -= 1
  left.bytes -= file.bytes
  const text = await expand(file, [...chain, file.real], { within, isOwn, problems, left })
  return text.replace(/\n$/, '')
}

/** Keys and settings of the environment, what git keeps, and beside the person's own file all that is no text of theirs. */
function isSecret(path: string, isOwn: boolean): boolean {
  const isText = extname(path).toLowerCase() === '.md'
  return path.split(sep).includes('.git') || /^\.env(\.|$)/i.test(basename(path)) || (isOwn && !isText)
}
