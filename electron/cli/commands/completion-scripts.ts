/** A command as a shell completes it. */
export interface CompletedCommand {
  name: string
  summary: string
  /** What may stand behind it, such as the actions of `profiles`. */
  words: readonly { word: string; help: string }[]
  flags: readonly { flag: string; placeholder: string | null; help: string }[]
}

const PATHS = /folder|file/

export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, words, flags }) => {
    const takesPath = flags.filter(({ placeholder }) => placeholder !== null && PATHS.test(placeholder))
    const takesValue = flags.filter(({ placeholder }) => placeholder !== null && !PATHS.test(placeholder))
    return [
      `    ${name})`,
      `      words='${[...words.map(({ word }) => word), ...flags.map(({ flag }) => flag)].join(' ')}'`,
      `      paths='${takesPath.map(({ flag }) => flag).join(' ')}'`,
      `      values='${takesValue.map(({ flag }) => flag).join(' ')}'`,
      '      ;;',
    ].join('\n')
  })
  return `# Completion of claw for bash.
_claw() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words='' paths='' values=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${[...commands.map(({ name }) => name), 'help', '--version'].join(' ')}' -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
    help) words='${commands.map(({ name }) => name).join(' ')}' ;;
${cases.join('\n')}
  esac
  case " $paths " in *" $before "*) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
  case " $values " in *" $before "*) return ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o filenames -F _claw claw
`
}

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, words, flags }) => {
    const options = flags.map(({ flag, placeholder, help }) => {
      const value = placeholder === null ? '' : `:${bare(placeholder)}:${PATHS.test(placeholder) ? '_files' : ''}`
      return `        ${zshQuoted(`${flag}[${bracketed(help)}]${value}`)}`
    })
    const operands = words.length > 0 ? [`        '1:action:(${words.map(({ word }) => word).join(' ')})'`] : []
    return `      ${name})\n        _arguments -s \\\n${[...options, ...operands, "        '*::'"].join(' \\\n')}\n        ;;`
  })
  return `#compdef claw
# Completion of claw for zsh.
_claw() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${zshQuoted(`${name}:${summary}`)}`).join('\n')}
    'help:Show the flags of a command.'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
      help) _describe command commands ;;
${cases.join('\n')}
  esac
}
compdef _claw claw
`
}

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, words, flags }) => [
    `complete -c claw -n __fish_use_subcommand -a ${name} -d ${fishQuoted(summary)}`,
    ...words.map(
      ({ word, help }) => `complete -c claw -n '__fish_seen_subcommand_from ${name}' -a ${word} -d ${fishQuoted(help)}`,
    ),
    ...flags.map(({ flag, placeholder, help }) => {
      const value = placeholder === null ? '' : PATHS.test(placeholder) ? ' -r -F' : ' -x'
      return `complete -c claw -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}${value} -d ${fishQuoted(help)}`
    }),
  ])
  return ['# Completion of claw for fish.', 'complete -c claw -f', ...lines, ''].join('\n')
}

function bare(placeholder: string): string {
  return placeholder.replace(/[<>:]/g, '')
}

function bracketed(text: string): string {
  return text.replace(/[[\]\\:]/g, (character) => `\\${character}`)
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`
}
