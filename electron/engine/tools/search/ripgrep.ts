import { type ChildProcess, spawn } from 'node:child_process'
import { plainCounted } from '#shared/lib/counted.ts'
import { ToolProblem } from '../contract/tool-problem.ts'

interface SearchRequest {
  /** Where it runs: a folder that is held open. */
  folder: string
  options: readonly string[]
  /** An open file to search in place of the folder. */
  file?: number
  /** What ends a record of its output. */
  separator: '\n' | '\0'
  signal: AbortSignal
  /** `false` = that is enough. */
  onRecord(record: string): boolean
}

interface Search {
  /** What ripgrep said on its error output, if it gave up. */
  problem: string | null
  /** How many files and folders it could not read. */
  unreadable: number
}

/** Nobody waits longer for a search, and in the background nobody is there to stop it. */
const LONGEST_MS = 120_000
/** More is no pattern, and cannot be handed to a program. */
const LONGEST_PATTERN = 10_000

/** Refuses with words what ripgrep could not be given. */
export function assertPattern(pattern: string): void {
  if (pattern.includes('\0')) throw new ToolProblem('A pattern cannot contain a NUL character.', 'wrong pattern')
  if (pattern.length > LONGEST_PATTERN) {
    throw new ToolProblem(
      `This pattern is too long: ${pattern.length} characters, of at most ${LONGEST_PATTERN}.`,
      'wrong pattern',
    )
  }
}

/**
 * Runs ripgrep and hands out each record of its output. When it is aborted, has said enough, takes too long, or when this
 * process ends in whatever way, ripgrep ends as well. Rejects with the signal's reason, and with `ToolProblem` where ripgrep
 * is not installed or took too long.
 */
export async function ripgrep(request: SearchRequest): Promise<Search> {
  const { folder, options, file, separator, signal, onRecord } = request
  const { ripgrepProgram } = await import('./ripgrep-program.ts')
  const program = await ripgrepProgram()
  signal.throwIfAborted()
  const words = [program, '--no-config', '--no-require-git', '--color=never', ...options]
  const child = spawn('sh', ['-c', WATCHED, 'sh', ...words], {
    cwd: folder,
    stdio: [file ?? 'ignore', 'pipe', 'pipe', 'pipe'],
  })
  const exited = codeOf(child)
  // Where descriptors run out, a child has none of its pipes.
  const end = () => child.stdio?.[3]?.destroy()
  child.once('exit', end)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    end()
  }, LONGEST_MS)
  signal.addEventListener('abort', end, { once: true })
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(0, MAX_ERRORS)
  })
  let enough = false
  const records = new Records(separator, (record) => {
    enough ||= !onRecord(record)
    if (enough) end()
  })
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (!enough) records.add(text)
  })
  try {
    const code = await exited
    signal.throwIfAborted()
    if (isLate) throw new ToolProblem('The search took too long. Use a narrower pattern or path.', 'took too long')
    return whatWentWrong(code, errors, enough)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    end()
  }
}

/**
 * The fourth file of the shell is a pipe of ours that nobody writes to: it ends when we end it, or when we are gone, and
 * then so does ripgrep.
 */
const WATCHED = `exec 4<&0
"$@" <&4 3<&- 4<&- & search=$!
{ cat <&3; kill "$search"; } >/dev/null 2>&1 4<&- & watch=$!
exec 3<&- 4<&-
wait "$search"; code=$?
kill "$watch" 2>/dev/null
exit "$code"`

const MAX_ERRORS = 100_000

function codeOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
}

/** Joins pieces of output to records. */
class Records {
  readonly #separator: string
  readonly #onRecord: (record: string) => void
  #rest = ''

  constructor(separator: string, onRecord: (record: string) => void) {
    this.#separator = separator
    this.#onRecord = onRecord
  }

  add(text: string): void {
    const records = (this.#rest + text).split(this.#separator)
    this.#rest = records.pop() ?? ''
    for (const record of records) this.#onRecord(record)
  }
}

/** 1 is "nothing found"; 2 is either nothing at all, or files that could not be read beside others that could. */
function whatWentWrong(code: number | null, errors: string, enough: boolean): Search {
  const lines = errors.split('\n').filter((line) => line.trim() !== '')
  const unreadable = lines.filter((line) => /\(os error \d+\)$/.test(line)).length
  const isProblem = code === 2 && !enough && unreadable < lines.length
  return { problem: isProblem ? errors.slice(0, 2000).trim() : null, unreadable }
}

/** `[1 file could not be read]`, or nothing. */
export function unreadableNote(count: number): string[] {
  return count > 0 ? [`[${plainCounted(count, 'file')} could not be read]`] : []
}
