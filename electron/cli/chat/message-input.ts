import { createInterface } from 'node:readline'
import { keyboard } from '../keyboard/keyboard.ts'
import { openLineEditor } from '../keyboard/line-editor.ts'

/** Where the messages of a conversation come from. */
export interface MessageInput {
  /** The next one; null = there are no more. */
  next(): Promise<string | null>
  /** A message that did not come from here, so that arrow-up finds it. */
  remember(text: string): void
  close(): void
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
    close: () => undefined,
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

/** Lines that come within such a time of each other were pasted, over a slow connection too. */
const PASTE_GAP_MS = 250

const CONTINUED = '… '

/**
 * Messages typed at a terminal. What is typed while the agent works is a draft that the next prompt begins with. Pasted
 * lines stay one message: those that the terminal marks wait for Enter, others are known by coming together.
 */
export function typedMessages(options: TypedOptions): MessageInput {
  /** Newest first, as readline wants it. */
  let history: string[] = []
  const remember = (text: string) => {
    const line = text.replace(/\n+/g, ' ')
    if (line && line !== history[0]) history = [line, ...history].slice(0, HISTORY_SIZE)
  }
  keyboard.open()
  keyboard.setDraft({ keep: true })
  return {
    async next() {
      const text = await readMessage(options, history)
      if (text) remember(text)
      return text
    },
    remember,
    close: () => keyboard.close(),
  }
}

function readMessage({ prompt, commands, onInterrupt }: TypedOptions, history: readonly string[]) {
  const parts: string[] = []
  let state: 'open' | 'pasting' | 'entered' = 'open'
  /** Enter was pressed, and nothing that belongs to it came yet. */
  let settling: NodeJS.Timeout | undefined
  let lastKeysAt = 0
  let byHand = true

  return new Promise<string | null>((resolve) => {
    const editor = openLineEditor({
      prompt,
      history,
      completer: (line) => [line.startsWith('/') ? commands.filter((name) => name.startsWith(line)) : [], line],
      onKeys(entered) {
        const now = Date.now()
        byHand = entered && now - lastKeysAt > PASTE_GAP_MS / 5
        lastKeysAt = now
        if (state === 'entered') goOn()
      },
      onPaste(text) {
        if (state === 'entered') goOn()
        paste(text)
      },
      onLine(line) {
        const continues = line.endsWith('\\')
        parts.push(continues ? line.slice(0, -1) : line)
        if (continues || state === 'pasting') showContinued()
        else {
          state = 'entered'
          clearTimeout(settling)
          settling = setTimeout(settle, byHand ? 0 : PASTE_GAP_MS)
        }
      },
      onInterrupt() {
        const { lines } = editor
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
      },
      onClose() {
        clearTimeout(settling)
        if (state !== 'entered') process.stderr.write('\n')
        resolve(state === 'entered' ? parts.join('\n') : null)
      },
    })

    const showContinued = () => {
      editor.lines.setPrompt(CONTINUED)
      editor.lines.prompt()
    }
    /** What comes now belongs to the line that was ended. */
    const goOn = () => {
      clearTimeout(settling)
      state = 'open'
      showContinued()
    }
    const settle = () => {
      // A paste that does not end with a line feed goes on in this line.
      if (editor.lines.line === '') editor.close()
      else state = 'open'
    }
    const paste = (text: string) => {
      state = 'pasting'
      // Its control characters are no keys.
      editor.lines.write(text.replace(CONTROL, ''))
      state = 'open'
    }

    const draft = keyboard.takeDraft().trimEnd()
    if (draft) paste(draft)
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be taken for a key
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/g
