import { createInterface } from 'node:readline'

interface KeyboardOptions {
  onLine(line: string): void
  /** Ctrl-C. */
  onInterrupt(): void
  /** Ctrl-D, or the terminal is gone. */
  onEnd(): void
}

/** The person at the terminal, for as long as they look at something that goes on by itself. */
export function openKeyboard({ onLine, onInterrupt, onEnd }: KeyboardOptions): {
  ask(question: string): void
  close(): void
} {
  const { stdin, stderr } = process
  const lines = createInterface({ input: stdin, output: stderr, terminal: true, historySize: 0, prompt: '' })
  let open = true
  lines.on('line', onLine)
  lines.on('SIGINT', onInterrupt)
  lines.on('close', () => {
    if (open) onEnd()
  })
  return {
    ask(question) {
      lines.setPrompt(question)
      lines.prompt()
      lines.setPrompt('')
    },
    close() {
      open = false
      lines.close()
    },
  }
}
