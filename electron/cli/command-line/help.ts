import type { Command } from '../commands/command.ts'
import type { FlagTable } from './parse-flags.ts'

const WIDTH = 100

export function overview(commands: Readonly<Record<string, Command>>): string {
  const rows = Object.entries(commands).map(([name, { operands, summary }]) => [`${name} ${operands}`.trim(), summary])
  return `Claw Code Agent: a coding agent for your own models.

Usage: claw <command> [flags]

${table([...rows, ['help [command]', 'Show the flags of a command.'], ['--version', 'Show the version.']])}
The backend is --profile, else OPENAI_BASE_URL (with OPENAI_MODEL and OPENAI_API_KEY), else the saved one in use, else
what answers on the usual port of a local server.

Exit codes: 0 completed, 1 failed, 2 usage, 3 limit reached, 4 needs an approval that nobody can give,
5 backend unreachable, 130 interrupted.
`
}

export function commandHelp(name: string, command: Command): string {
  const details = command.details.length > 0 ? `\n${command.details.join('\n')}\n` : ''
  return `${command.summary}\n\nUsage: claw ${name} ${command.operands} [flags]\n${details}\n${flagTable(command.flags)}`
}

/** One line, for behind a sentence that says what was wrong. */
export function usageLine(name: string | undefined, command: Command | undefined): string {
  if (!name || !command) return 'claw <command> [flags]. `claw help` lists the commands.'
  return `claw ${name} ${command.operands} [flags]. \`claw help ${name}\` lists the flags.`.replace(/ +/g, ' ')
}

function flagTable(flags: FlagTable): string {
  return table(
    Object.entries(flags).map(([name, { placeholder, help }]) => [`--${name} ${placeholder ?? ''}`.trim(), help]),
  )
}

/** Two columns; the second wraps. */
function table(rows: readonly (readonly string[])[]): string {
  const first = Math.max(...rows.map(([cell = '']) => cell.length)) + 4
  return rows
    .map(([name = '', text = '']) => {
      const [head = '', ...others] = wrap(text, WIDTH - first)
      return [`  ${name.padEnd(first - 2)}${head}`, ...others.map((line) => ' '.repeat(first) + line)].join('\n')
    })
    .join('\n')
    .concat('\n')
}

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}
