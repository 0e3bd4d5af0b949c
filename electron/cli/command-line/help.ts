import { clawCommand } from '#shared/lib/claw-command.ts'
import { type Output, paint } from '../terminal/output.ts'
import { wrapRows } from '../terminal/wrap.ts'
import type { Command, CommandGroup } from './command.ts'
import type { FlagTable } from './parse-flags.ts'

/** Wider lines are hard to read. */
const WIDEST = 100

/** The first column is not wider than this: what is longer stands on a row of its own. */
const FIRST_COLUMN = 30

const groupNames: Readonly<Record<CommandGroup, string>> = {
  work: 'Work',
  look: 'Look',
  'set up': 'Set up',
}

const EXAMPLES = ['agent "fix the failing test" --allow-write', 'agent-chat --profile demo', 'agent-ps --watch']

export function overview(commands: Readonly<Record<string, Command>>, output: Output): string {
  const groups = (['work', 'look', 'set up'] as const).map((group) => {
    const rows = Object.entries(commands)
      .filter(([, command]) => command.group === group)
      .map(
        ([name, command]) => [`${name} ${command.shortOperands ?? command.operands}`.trim(), command.summary] as const,
      )
    return section(output, groupNames[group], twoColumns(output, group === 'set up' ? [...rows, ...ALWAYS] : rows))
  })
  return [
    ...paragraph(output, 'Claw Code Agent: a coding agent for your own models.'),
    '',
    ...paragraph(output, `Usage: ${clawCommand('<command> [flags]')}`),
    '',
    ...groups.flat(),
    ...section(output, 'Examples', exampleRows(output, EXAMPLES)),
    ...paragraph(
      output,
      'The backend is --profile, else OPENAI_BASE_URL (with OPENAI_MODEL and OPENAI_API_KEY), else the saved one in use, else what answers on the usual port of a local server.',
    ),
    '',
    ...paragraph(
      output,
      'Exit codes: 0 completed, 1 failed, 2 usage, 3 limit reached, 4 needs an approval that nobody can give, 5 backend unreachable, 130 interrupted.',
    ),
    '',
  ].join('\n')
}

const ALWAYS = [
  ['help [command]', 'Show the flags of a command.'],
  ['--version', 'Show the version.'],
] as const

export function commandHelp(name: string, command: Command, output: Output): string {
  const { summary, operands, details, actions, examples, flags } = command
  return [
    ...paragraph(output, summary),
    '',
    ...wrapRows(`Usage: ${clawCommand(`${name} ${operands} [flags]`)}`.replace(/ +/g, ' '), columnsOf(output), 2),
    '',
    ...details.flatMap((detail) => [...paragraph(output, detail), '']),
    ...(actions ? section(output, 'Actions', twoColumns(output, actions)) : []),
    ...section(output, 'Flags', twoColumns(output, flagRows(flags))),
    ...section(output, 'Examples', exampleRows(output, examples)),
  ].join('\n')
}

/** One line, for behind a sentence that says what was wrong. */
export function usageLine(name: string | undefined, command: Command | undefined): string {
  if (!name || !command) return `${clawCommand('<command> [flags]')}. \`${clawCommand('help')}\` lists the commands.`
  const { operands, shortOperands } = command
  const usage = clawCommand(`${name} ${shortOperands ?? operands} [flags]`.replace(/ +/g, ' '))
  return `${usage}. \`${clawCommand(`help ${name}`)}\` lists the flags.`
}

/** What every command has comes last. */
function flagRows(flags: FlagTable): (readonly [string, string])[] {
  const last = ['json', 'help']
  const names = Object.keys(flags).filter((name) => !last.includes(name))
  return [...names, ...last.filter((name) => Object.hasOwn(flags, name))].map((name) => {
    const { placeholder = null, help = '' } = flags[name] ?? {}
    return [`--${name} ${placeholder ?? ''}`.trim(), help]
  })
}

function section(output: Output, title: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [paint(output, 'bold', title), ...rows, '']
}

function paragraph(output: Output, text: string): string[] {
  return wrapRows(text, columnsOf(output))
}

/** They can be copied, so they are never broken. */
function exampleRows(output: Output, examples: readonly string[]): string[] {
  return examples.map((example) => {
    const [before, args = ''] = example.includes('claw ') ? example.split('claw ', 2) : ['', example]
    return `  ${paint(output, 'cyan', `${before}${clawCommand(args)}`)}`
  })
}

type Rows = readonly (readonly [string, string])[]

/** Names beside what they mean; the second column wraps. */
function twoColumns(output: Output, rows: Rows, first = firstColumn(output, rows)): string[] {
  const columns = columnsOf(output)
  return rows.flatMap(([name, text]) => {
    const [head = '', ...others] = wrapRows(text, columns - first)
    const further = others.map((row) => ' '.repeat(first) + row)
    if (name.length + 4 <= first) return [`  ${name.padEnd(first - 2)}${head}`, ...further]
    return [...wrapRows(`  ${name}`, columns, 4), ' '.repeat(first) + head, ...further]
  })
}

function firstColumn(output: Output, rows: Rows): number {
  const longest = Math.max(0, ...rows.map(([name]) => name.length).filter((length) => length <= FIRST_COLUMN))
  return Math.min(longest, Math.floor(columnsOf(output) / 2)) + 4
}

function columnsOf(output: Output): number {
  return Math.min(output.width() - (output.terminal ? 1 : 0), WIDEST)
}
