import { UsageError } from '../command-line/flag.ts'
import { readPrompt } from '../run/read-prompt.ts'
import type { Shell } from '../terminal/shell.ts'

/** A key from the person, not shown while it is typed, or from the input. Never from the command line. */
export async function readKey(name: string, from: 'person' | 'input', shell: Shell): Promise<string> {
  if (from === 'input') {
    const key = (await readPrompt(['-'], () => undefined)).trim()
    if (!key) throw new UsageError('--key-stdin: no key came from the input.')
    return key
  }
  if (!shell.interactive)
    throw new UsageError('--key-prompt needs a terminal; --key-stdin reads the key from the input.')
  const { askLine } = await import('../keyboard/ask.ts')
  return (await askLine(`Key of ${name} (not shown; empty = none)`, { hidden: true }))?.trim() ?? ''
}
