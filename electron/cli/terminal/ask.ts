import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { interrupt } from '../run/interrupts.ts'

interface AskOptions {
  /** Takes the question back: the answer is then null. */
  signal?: AbortSignal
  /** The answer is not shown while it is typed. */
  hidden?: boolean
}

/** One line from the person at the terminal; null = no answer (Ctrl-D, Ctrl-C, or taken back). */
export function askLine(question: string, { signal, hidden }: AskOptions = {}): Promise<string | null> {
  if (signal?.aborted) return Promise.resolve(null)
  const { stdin, stderr } = process
  if (hidden) stderr.write(question)
  const lines = createInterface({ input: stdin, output: hidden ? nowhere() : stderr, terminal: true, historySize: 0 })
  return new Promise((resolve) => {
    const taken = () => lines.close()
    let answer: string | null = null
    signal?.addEventListener('abort', taken, { once: true })
    lines.once('line', (line) => {
      answer = line
      lines.close()
    })
    lines.once('SIGINT', () => {
      interrupt()
      lines.close()
    })
    lines.once('close', () => {
      signal?.removeEventListener('abort', taken)
      if (hidden || answer === null) stderr.write('\n')
      resolve(answer)
    })
    if (!hidden) {
      lines.setPrompt(question)
      lines.prompt()
    }
  })
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}
