import { createInterface, type Interface } from 'node:readline'
import { PassThrough, Writable } from 'node:stream'
import { holdRow } from '../terminal/held-row.ts'
import { keyboard } from './keyboard.ts'

export interface LineEditorOptions {
  prompt: string
  onLine(line: string): void
  /** Ctrl-C. */
  onInterrupt(): void
  /** Closed: by Ctrl-D in an empty line, by `close`, or with its terminal. */
  onClose(): void
  /** Before keys are read: `entered` = it is the Enter key alone, as a hand presses it. */
  onKeys?(entered: boolean): void
  /** Pasted text, instead of being typed. */
  onPaste?(text: string): void
  hidden?: boolean
  history?: readonly string[]
  completer?(line: string): [string[], string]
}

export interface LineEditor {
  lines: Interface
  close(): void
}

const HISTORY_SIZE = 200

/** readline on what the keyboard gives it; what is written meanwhile stands above it. */
export function openLineEditor(options: LineEditorOptions): LineEditor {
  const { prompt, history, completer, hidden } = options
  const input = new PassThrough()
  const lines = createInterface({
    input,
    output: hidden ? nowhere() : process.stderr,
    terminal: true,
    historySize: history ? HISTORY_SIZE : 0,
    ...(history && { history: [...history] }),
    ...(completer && { completer }),
  })
  const stopReceiving = keyboard.receive({
    keys(text) {
      options.onKeys?.(text === '\r')
      input.write(text)
    },
    paste: options.onPaste ?? ((text) => lines.write(text.replace(/\s*\n\s*/g, ' '))),
    end: () => lines.close(),
  })
  const letGo = hidden ? () => undefined : holdRow(rowOf(lines))
  lines.on('line', options.onLine)
  lines.on('SIGINT', options.onInterrupt)
  lines.once('close', () => {
    stopReceiving()
    letGo()
    options.onClose()
  })
  lines.setPrompt(prompt)
  lines.prompt()
  return { lines, close: () => lines.close() }
}

function rowOf(lines: Interface) {
  const { stderr } = process
  let rows = 0
  return {
    erase() {
      rows = lines.getCursorPos().rows
      stderr.write(`${rows > 0 ? `\x1b[${rows}A` : ''}\r\x1b[J`)
    },
    draw() {
      // readline goes up as many rows as it stood below its first one.
      stderr.write('\n'.repeat(rows))
      lines.prompt(true)
    },
  }
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}
