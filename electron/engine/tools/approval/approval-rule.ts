import { simpleWords } from './command-words.ts'
import { harmlessCommand, isHarmlessWord } from './harmless-commands.ts'

/** How long a rule that is allowed for the session holds, for a person: in a run it is the run that keeps it. */
export const HOLDS_UNTIL = 'until the app or the background run ends'

/** Allows every change of files. */
export const WRITE_RULE = 'write'
/** Allows commands that begin with these words and go on with nothing that makes another command of them. */
const PREFIX = 'shell:'
/** Allows this command and nothing wider. */
const EXACT = 'shell-exactly:'

const WRITING_TOOLS = new Set(['write_file', 'edit_file'])

/**
 * Whether a rule that a person allowed for the session covers a call. A prefix covers simple commands only:
 * `npm test; rm -rf x` is not covered by `shell:npm test`, and neither is `npm test --script-shell=x`.
 */
export function ruleAllows(rule: string, call: { name: string; input: unknown }): boolean {
  if (rule === WRITE_RULE) return WRITING_TOOLS.has(call.name)
  if (call.name !== 'bash') return false
  const command = commandOf(call.input)
  if (command === null) return false
  if (rule.startsWith(EXACT)) return command === rule.slice(EXACT.length)
  return rule.startsWith(PREFIX) && commandRule(command) === rule
}

/** The rule that *Allow for this session* sets for a command: it is the same for all commands that it covers. */
export function commandRule(command: string): string {
  const words = simpleWords(command)
  const found = words && harmlessCommand(words)
  const isHarmless = found && words.slice(found.prefix.length).every((word) => isHarmlessWord(word, found.command))
  return isHarmless ? PREFIX + found.prefix.join(' ') : EXACT + command
}

/** What a rule would also allow, for a person. */
export function describeCommandRule(rule: string): string {
  return rule.startsWith(PREFIX)
    ? `would also allow ${rule.slice(PREFIX.length)} with other names and options, unless they make it write elsewhere or run something else, ${HOLDS_UNTIL}`
    : `would also allow exactly this command, nothing wider, ${HOLDS_UNTIL}`
}

function commandOf(input: unknown): string | null {
  return typeof input === 'object' && input !== null && 'command' in input && typeof input.command === 'string'
    ? input.command
    : null
}
