const WIDTH = 76

/** A shell command in lines that fit, still one command when it is pasted. */
export function commandLines(command: string): string {
  if (command.length <= WIDTH) return command
  return command
    .split(/(?<= &&) /)
    .map(foldOptions)
    .join('\n')
}

function foldOptions(command: string): string {
  const lines: string[] = []
  for (const part of command.split(/ (?=--?[a-z])/)) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + part.length + 1 <= WIDTH) lines[lines.length - 1] = `${line} ${part}`
    else lines.push(lines.length === 0 ? part : `  ${part}`)
  }
  return lines.join(' \\\n')
}
