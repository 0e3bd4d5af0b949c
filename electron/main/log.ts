import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Past it a new file is begun, and the one before the last is gone. Bytes. */
const LOG_LIMIT = 1_000_000

/** Writes defects down, one after the other. What people and models wrote is left out. Never rejects. */
export class DefectLog {
  readonly #path: string
  #last: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  write(error: unknown): Promise<void> {
    const line = `${new Date().toISOString()} ${describeDefect(error)}\n`
    this.#last = this.#last.then(() => this.#append(line))
    return this.#last
  }

  async #append(line: string): Promise<void> {
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
      const size = await stat(this.#path).then(
        (info) => info.size,
        () => 0,
      )
      if (size > LOG_LIMIT) await rename(this.#path, `${this.#path}.1`)
      await appendFile(this.#path, line, { mode: 0o600 })
    } catch (error) {
      // The log is the last place to say something; what is left is the terminal that started the app.
      console.error(describeDefect(error))
    }
  }
}

/** Kind, code and where it happened, without the message: that may quote a file, a prompt or an address. */
export function describeDefect(error: unknown): string {
  if (!(error instanceof Error)) return `A thrown ${typeof error}`
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : ''
  // The stack begins with the message, which may have lines that look like places.
  const { stack = '', message } = error
  const frames = stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
  const cause = error.cause === undefined ? '' : `\n  caused by ${describeDefect(error.cause)}`
  return [`${error.name}${code}`, ...frames].join('\n') + cause
}
