import { fstat } from 'node:fs'
import { isatty } from 'node:tty'
import { promisify } from 'node:util'
import { UsageError } from '../command-line/flag.ts'

/** How long a prompt that is there already waits for the first byte of an input that may belong to it. */
const FIRST_BYTE_MS = { pipe: 3000, socket: 300 }

/**
 * The prompt: the words of the command line, then what is piped in. `-` waits for the input as long as it takes. Without
 * it, an input that stays silent is not waited for: many programs leave one open and never write to it.
 * Empty = there is none. `UsageError`: `-` where a person sits.
 */
export async function readPrompt(words: readonly string[], warn: (message: string) => void): Promise<string> {
  const text = words
    .filter((word) => word !== '-')
    .join(' ')
    .trim()
  const asked = words.includes('-')
  if (isatty(0)) {
    if (asked) throw new UsageError('The prompt - reads what is piped in, and nothing is.')
    return text
  }
  const piped = asked || !text ? await readInput() : await readFollowing(warn)
  return [text, piped.trim()].filter(Boolean).join('\n\n')
}

async function readFollowing(warn: (message: string) => void): Promise<string> {
  const input = await promisify(fstat)(0)
  if (input.isFile()) return readInput()
  if (input.isSocket()) return (await readInput(FIRST_BYTE_MS.socket).catch(ifSilent)) ?? ''
  if (!input.isFIFO()) return ''
  const text = await readInput(FIRST_BYTE_MS.pipe).catch(ifSilent)
  if (text === null) warn('Nothing came through the pipe, so the prompt goes alone; write - to wait for it.')
  return text ?? ''
}

class SilentInput extends Error {}

function ifSilent(error: unknown): null {
  if (error instanceof SilentInput) return null
  throw error
}

/** All of stdin; `SilentInput` if not a byte of it came within `firstByteMs`. */
function readInput(firstByteMs?: number): Promise<string> {
  const { stdin } = process
  return new Promise((resolve, reject) => {
    let text = ''
    const silent = () => {
      stdin.destroy()
      reject(new SilentInput())
    }
    const timer = firstByteMs === undefined ? undefined : setTimeout(silent, firstByteMs)
    stdin.setEncoding('utf8')
    stdin.on('data', (chunk) => {
      clearTimeout(timer)
      text += chunk
    })
    stdin.on('end', () => {
      clearTimeout(timer)
      resolve(text)
    })
    stdin.on('error', reject)
  })
}
