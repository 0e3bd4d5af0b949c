import { type ShellCommand, shellCommands } from './shell-commands.ts'

/**
 * What a command would ruin, or null: only what destroys the machine or the account for good and is never part of work on
 * code. It catches accidents of a model, not somebody who hides what he does; against that there is the sandbox.
 */
export function catastrophe(command: string): string | null {
  if (/:\s*\(\)\s*\{\s*:\s*\|\s*:\s*&?\s*\}/.test(command)) return 'It is a fork bomb.'
  return reasonIn(shellCommands(command), DEEPEST)
}

/** So often a shell may start a shell. */
const DEEPEST = 4

function reasonIn(commands: readonly ShellCommand[], depth: number): string | null {
  for (const command of commands) {
    const reason = reasonAgainst(command.words) ?? (depth > 0 ? reasonInside(command, depth - 1) : null)
    if (reason) return reason
  }
  return null
}

/** A shell runs the text that it is given, and nothing else does: what Python or `echo` gets is only text. */
function reasonInside({ words, input }: ShellCommand, depth: number): string | null {
  const at = programAt(words)
  const program = nameOf(words[at])
  const rest = words.slice(at + 1)
  const texts: string[] = []
  if (program === 'eval') texts.push(rest.join(' '))
  if (SHELLS.has(program)) {
    const option = rest.findIndex((word) => /^-\w*c$/.test(word))
    if (option !== -1) texts.push(rest[option + 1] ?? '')
    texts.push(input)
  }
  for (const text of texts) {
    const reason = reasonIn(shellCommands(text), depth)
    if (reason) return reason
  }
  return null
}

const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh', 'fish', 'su'])

const PREFIXES = new Set(['sudo', 'doas', 'command', 'exec', 'nohup', 'time', 'env', 'then', 'do', 'else', '!'])

function programAt(words: readonly string[]): number {
  return words.findIndex((word) => !PREFIXES.has(word) && !/^\w+=/.test(word) && !word.startsWith('-'))
}

function nameOf(word = ''): string {
  return word.slice(word.lastIndexOf('/') + 1)
}

function reasonAgainst(words: readonly string[]): string | null {
  if (
    words.some((word, at) =>
      />$/.test(word) ? DISK.test(words[at + 1] ?? '') : DISK.test(/>(.+)$/.exec(word)?.[1] ?? ''),
    )
  ) {
    return 'It writes to a disk device.'
  }
  const at = programAt(words)
  if (at === -1) return null
  const program = nameOf(words[at])
  const rest = words.slice(at + 1)
  const options = rest.filter((word) => word.startsWith('-'))
  const targets = rest.filter((word) => !word.startsWith('-'))
  const recursive = options.some((option) => /^-[a-zA-Z]*[rR]|^--recursive$/.test(option))
  if (program === 'rm' && recursive && targets.some(isVital)) return 'It would delete the whole system or home folder.'
  if ((program === 'chmod' || program === 'chown' || program === 'chgrp') && recursive && targets.some(isVital)) {
    return 'It would change the rights of the whole system or home folder.'
  }
  if (program === 'find' && targets.some(isVital) && (rest.includes('-delete') || deletesEach(rest))) {
    return 'It would delete the whole system or home folder.'
  }
  const isList = options.some((option) => /^(-l|--list)$/.test(option))
  if (FORMATTERS.test(program) && targets.some((word) => word.startsWith('/dev/')) && !isList) {
    return 'It would format a disk.'
  }
  if (program === 'dd' && rest.some((word) => /^of=\/dev\/(?!null$|zero$|stdout$|stderr$|fd\/)/.test(word))) {
    return 'It writes to a device.'
  }
  if (program === 'shred' && targets.some((word) => word.startsWith('/dev/'))) return 'It would overwrite a disk.'
  return null
}

const DISK = /^\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|disk)/
const FORMATTERS = /^(mkfs(\..+)?|mke2fs|wipefs|fdisk|sfdisk|parted)$/

/** `-exec rm -rf {} +` */
function deletesEach(words: readonly string[]): boolean {
  const at = words.findIndex((word) => word === '-exec' || word === '-execdir')
  return at !== -1 && nameOf(words[at + 1]) === 'rm'
}

/** `/`, `/*`, `/usr`, `~`, `$HOME`, `/home/somebody` and their like. */
function isVital(target: string): boolean {
  const path = target.replace(/^(\$HOME|\$\{HOME\}|~\w*)(?=\/|$)/, '~').replace(/(\/+|\/\.?\*+|\/\.)+$/, '')
  return (
    path === '' ||
    path === '~' ||
    /^\/(bin|boot|dev|etc|home|lib\w*|opt|proc|root|run|sbin|srv|sys|usr|var|Users|System|Library|Applications)$/.test(
      path,
    ) ||
    /^\/(home|Users)\/[^/]+$/.test(path)
  )
}
