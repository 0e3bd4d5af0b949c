import { simpleWords } from './command-words.ts'

/** Allows every change of files. */
export const WRITE_RULE = 'write'
/** Allows commands that begin with these words. */
const PREFIX = 'shell:'
/** Allows this command and nothing wider. */
const EXACT = 'shell-exactly:'

const WRITING_TOOLS = new Set(['write_file', 'edit_file'])

/**
 * Whether a rule that a person allowed for the session covers a call. A prefix covers simple commands only:
 * `npm test; rm -rf x` is not covered by `shell:npm test`.
 */
export function ruleAllows(rule: string, call: { name: string; input: unknown }): boolean {
  if (rule === WRITE_RULE) return WRITING_TOOLS.has(call.name)
  if (call.name !== 'bash') return false
  const command = commandOf(call.input)
  if (command === null) return false
  if (rule.startsWith(EXACT)) return command === rule.slice(EXACT.length)
  if (!rule.startsWith(PREFIX)) return false
  const words = simpleWords(command)
  const prefix = rule.slice(PREFIX.length).split(' ')
  return words !== null && prefix.every((word, index) => word !== '' && words[index] === word)
}

/** The rule that *Allow for this session* sets for a command. */
export function commandRule(command: string): string {
  const words = simpleWords(command)
  const prefix = words && widePrefix(words)
  return prefix?.every((word) => PLAIN_WORD.test(word)) ? PREFIX + prefix.join(' ') : EXACT + command
}

/** What a rule would also allow, for a person. */
export function describeCommandRule(rule: string): string {
  return rule.startsWith(PREFIX)
    ? `would also allow ${rule.slice(PREFIX.length)} * until you close the chat`
    : 'would also allow exactly this command, nothing wider'
}

/** A blank or a quote in a rule could be read as more words than it was. */
const PLAIN_WORD = /^[\w./:@+-]+$/

/** Their second word says what happens: only these are harmless enough to allow with any arguments. */
const WIDE_SUBCOMMANDS: Record<string, readonly string[]> = {
  npm: ['test', 't', 'ls', 'view', 'outdated'],
  pnpm: ['test', 'ls', 'outdated'],
  yarn: ['test', 'lint', 'build'],
  bun: ['test'],
  git: ['status', 'diff', 'log', 'show', 'add', 'commit', 'blame', 'branch', 'stash', 'ls-files', 'rev-parse'],
  cargo: ['test', 'build', 'check', 'clippy', 'fmt', 'bench', 'doc', 'run', 'nextest'],
  go: ['test', 'build', 'vet', 'fmt', 'list'],
  dotnet: ['test', 'build', 'format'],
  deno: ['test', 'lint', 'fmt', 'check', 'task'],
  swift: ['test', 'build'],
  mix: ['test', 'format', 'compile'],
}
/** Here the third word names what runs. */
const SCRIPT_RUNNERS: Record<string, readonly string[]> = {
  npm: ['run', 'run-script'],
  pnpm: ['run', 'exec'],
  yarn: ['run'],
  bun: ['run'],
  uv: ['run'],
  poetry: ['run'],
  bundle: ['exec'],
}
/** Programs that run any other, destroy, or reach out: never more than the very command that was shown. */
const NEVER_WIDE = new Set(
  (
    'rm rmdir mv cp ln dd chmod chown chgrp kill pkill killall sudo su doas env xargs find fd sh bash zsh fish dash ' +
    'ksh csh eval exec source . command builtin time nohup setsid timeout nice ionice watch parallel ssh scp sftp rsync ' +
    'curl wget nc ncat telnet python python2 python3 node ruby perl php lua awk gawk sed tee truncate shred mount ' +
    'umount systemctl service docker podman kubectl terraform aws gcloud az gh glab crontab at pip pip3 gem brew apt ' +
    'apt-get dnf yum pacman snap osascript open xdg-open vim vi nano ed emacs script expect gdb strace export set ' +
    'alias trap cd pushd printf echo cat tar unzip zip git npm pnpm yarn bun bunx npx cargo go dotnet deno swift mix uv uvx poetry bundle ! ['
  ).split(' '),
)

function widePrefix(words: readonly string[]): readonly string[] | null {
  const [first = '', second = '', third = ''] = words
  if (/^python3?$/.test(first) && second === '-m' && /^(pytest|unittest|mypy|ruff|black|flake8)$/.test(third)) {
    return [first, second, third]
  }
  if (WIDE_SUBCOMMANDS[first]?.includes(second)) return [first, second]
  if (SCRIPT_RUNNERS[first]?.includes(second)) {
    return third && !third.startsWith('-') && !NEVER_WIDE.has(third) ? [first, second, third] : null
  }
  if ((first === 'npx' || first === 'bunx') && second && !second.startsWith('-') && !NEVER_WIDE.has(second)) {
    return [first, second]
  }
  const program = first.slice(first.lastIndexOf('/') + 1)
  if (first.includes('=') || NEVER_WIDE.has(first) || NEVER_WIDE.has(program) || program.startsWith('mkfs')) return null
  return [first]
}

function commandOf(input: unknown): string | null {
  return typeof input === 'object' && input !== null && 'command' in input && typeof input.command === 'string'
    ? input.command
    : null
}
