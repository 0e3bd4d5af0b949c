import { createInterface } from 'node:readline'

/** Where the messages of a conversation come from. */
export interface MessageInput {
  /** The next one; null = there are no more. */
  next(): Promise<string | null>
  /** A message that did not come from here, so that arrow-up finds it. */
  remember(text: string): void
}

/** Each line of an input that is no terminal is a message. */
export function pipedMessages(input: NodeJS.ReadableStream): MessageInput {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  return {
    async next() {
      const line = await lines.next()
      return line.done ? null : line.value
    },
    remember: () => undefined,
  }
}

interface TypedOptions {
  prompt: string
  /** Words for the tab key. */
  commands: readonly string[]
  /** Ctrl-C in an empty line. */
  onInterrupt(): void
}

const HISTORY_SIZE = 200

/**
 * Messages typed at a terminal. The keyboard is taken for one message only: while the agent works, Ctrl-C is a signal,
 * and what is typed ahead waits for the next message. Lines that arrive together were pasted and stay one message.
 */
export function typedMessages({ prompt, commands, onInterrupt }: TypedOptions): MessageInput {
  /** Newest first, as readline wants it. */
  let history: string[] = []
  const remember = (text: string) => {
    const line = text.replace(/\n+/g, ' ')
    if (line && line !== history[0]) history = [line, ...history].slice(0, HISTORY_SIZE)
  }
  const read = () =>
    new Promise<string | null>((resolve) => {
      const parts: string[] = []
      let ended = false
      const lines = createInterface({
        input: process.stdin,
        output: process.stderr,
        terminal: true,
        historySize: HISTORY_SIZE,
        history: [...history],
        completer: (line: string) => [
          line.startsWith('/') ? commands.filter((name) => name.startsWith(line)) : [],
          line,
        ],
      })
      const settle = () => {
        // A paste that does not end with a line feed goes on in this line.
        if (lines.line === '') lines.close()
      }
      lines.on('line', (line) => {
        const goesOn = line.endsWith('\\')
        parts.push(goesOn ? line.slice(0, -1) : line)
        if (goesOn) {
          lines.setPrompt('… ')
          lines.prompt()
        } else {
          ended = true
          setImmediate(settle)
        }
      })
      lines.on('SIGINT', () => {
        if (parts.length === 0 && lines.line === '') {
          process.stderr.write('\n')
          onInterrupt()
        } else {
          parts.length = 0
          // Ctrl-E and Ctrl-U: readline's own way to empty the line.
          lines.write(null, { ctrl: true, name: 'e' })
          lines.write(null, { ctrl: true, name: 'u' })
        }
        lines.setPrompt(prompt)
        lines.prompt()
      })
      lines.on('close', () => {
        if (!ended) process.stderr.write('\n')
        resolve(ended ? parts.join('\n') : null)
      })
      lines.setPrompt(prompt)
      lines.prompt()
    })
  return {
    async next() {
      const text = await read()
      if (text) remember(text)
      return text
    },
    remember,
  }
}
