/**
 * The reason why a command is never run, or null. Only what ruins the machine or the account for good and is never part
 * of work on code. It catches accidents of a model, not somebody who hides what he does; against that there is the
 * sandbox.
 */
export function catastrophe(command: string): string | null {
  if (/:\s*\(\)\s*\{\s*:\s*\|\s*:\s*&?\s*\}/.test(command)) return 'It is a fork bomb.'
  if (/>\s*\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|disk)/.test(command)) return 'It writes to a disk device.'
  for (const part of command.split(/[;&|\n(){}`]+|\$\(/)) {
    const reason = reasonAgainst(wordsOf(part))
    if (reason) return reason
  }
  return null
}

const PREFIXES = new Set(['sudo', 'doas', 'command', 'exec', 'nohup', 'time', 'env', 'then', 'do', 'else', '!'])

function reasonAgainst(words: readonly string[]): string | null {
  const at = words.findIndex((word) => !PREFIXES.has(word) && !/^\w+=/.test(word) && !word.startsWith('-'))
  const program = words[at]?.slice(words[at].lastIndexOf('/') + 1)
  if (program === undefined) return null
  const rest = words.slice(at + 1)
  const options = rest.filter((word) => word.startsWith('-'))
  const targets = rest.filter((word) => !word.startsWith('-'))
  const recursive = options.some((option) => /^-[a-zA-Z]*[rR]|^--recursive$/.test(option))
  if (program === 'rm' && recursive && targets.some(isVital)) return 'It would delete the whole system or home folder.'
  if ((program === 'chmod' || program === 'chown' || program === 'chgrp') && recursive && targets.some(isVital)) {
    return 'It would change the rights of the whole system or home folder.'
  }
  if (program === 'find' && targets.some(isVital) && rest.includes('-delete')) {
    return 'It would delete the whole system or home folder.'
  }
  if (/^(mkfs(\..+)?|mke2fs|wipefs|fdisk|sfdisk|parted)$/.test(program)) return 'It would format a disk.'
  if (program === 'dd' && rest.some((word) => /^of=\/dev\/(?!null$|zero$|stdout$|stderr$|fd\/)/.test(word))) {
    return 'It writes to a device.'
  }
  if (program === 'shred' && targets.some((word) => word.startsWith('/dev/'))) return 'It would overwrite a disk.'
  return null
}

function wordsOf(part: string): string[] {
  return part
    .split(/\s+/)
    .map((word) => word.replace(/["']/g, ''))
    .filter((word) => word !== '')
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
