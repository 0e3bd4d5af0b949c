import { holdRow } from '../terminal/held-row.ts'
import { wrapRows } from '../terminal/wrap.ts'
import { keyboard } from './keyboard.ts'
import { openLineEditor } from './line-editor.ts'

interface AskOptions {
  /** Takes the question back: the answer is then null. */
  signal?: AbortSignal
  /** The answer is not shown while it is typed. */
  hidden?: boolean
}

/** What is typed counts from so long on after the question came up: nobody reads and answers faster. */
const DEAF_MS = 400

export const ANSWER_PROMPT = '? '

const DROPPED = 'What was typed before this question is no answer to it.'
const KEPT = 'What was typed before this question is no answer to it; it waits for your next message.'

/** Said once: who has read it knows. */
let saidDropped = false

/** The last question that was begun: one waits for the other. */
let asking: Promise<unknown> = Promise.resolve()

/**
 * One line from the person at the terminal; null = no answer (Ctrl-D, Ctrl-C, or taken back). Nothing that was typed before
 * the question had been on the screen for a moment answers it; the prompt appears when keys count.
 */
export function askLine(question: string, options: AskOptions = {}): Promise<string | null> {
  const answer = asking.then(async () => {
    if (options.signal?.aborted) return null
    keyboard.open()
    try {
      process.stderr.write(`${wrapped(question)}\n`)
      await deafTime(options.signal)
      return options.signal?.aborted ? null : await readAnswer(options)
    } finally {
      keyboard.close()
    }
  })
  // Who asked hears of it; the next question only waits for its end.
  asking = answer.catch(() => undefined)
  return answer
}

/** Between words, at the width of the terminal. One with styles is laid out already. */
function wrapped(text: string): string {
  return text.includes('\x1b') ? text : wrapRows(text, (process.stderr.columns || 80) - 1).join('\n')
}

/** Keys that come now were meant for something else. Only Ctrl-C is always meant. */
function deafTime(signal: AbortSignal | undefined): Promise<void> {
  const { stderr } = process
  const letGo = holdRow({ erase: () => undefined, draw: () => undefined })
  return new Promise((resolve) => {
    let dropped = false
    const drop = (text: string) => {
      if (text.includes('\x03')) keyboard.interrupt()
      else if (text.trim() !== '' && text !== '\x04') dropped = true
    }
    const finish = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      stop()
      letGo()
      const kept = keyboard.draft.trim() !== ''
      if ((kept || dropped) && !saidDropped && !signal?.aborted) {
        saidDropped = true
        stderr.write(`${wrapped(kept && keyboard.keepsDraft && !dropped ? KEPT : DROPPED)}\n`)
      }
      if (!keyboard.keepsDraft) keyboard.takeDraft()
      resolve()
    }
    const stop = keyboard.receive({ keys: drop, paste: drop, end: finish })
    const timer = setTimeout(finish, DEAF_MS)
    signal?.addEventListener('abort', finish, { once: true })
  })
}

function readAnswer({ signal, hidden }: AskOptions): Promise<string | null> {
  const { stderr } = process
  return new Promise((resolve) => {
    let answer: string | null = null
    const taken = () => editor.close()
    if (hidden) stderr.write(ANSWER_PROMPT)
    const editor = openLineEditor({
      prompt: hidden ? '' : ANSWER_PROMPT,
      ...(hidden && { hidden }),
      onLine(line) {
        answer = line
        editor.close()
      },
      onInterrupt() {
        keyboard.interrupt()
        editor.close()
      },
      onClose() {
        signal?.removeEventListener('abort', taken)
        if (hidden || answer === null) stderr.write('\n')
        resolve(answer)
      },
    })
    signal?.addEventListener('abort', taken, { once: true })
  })
}
