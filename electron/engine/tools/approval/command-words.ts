/**
 * The words of a simple command: one program and its arguments, nothing that the shell would expand, chain, redirect or
 * run beside it. `null` for everything else, also for what merely might be: this decides what runs without a question.
 */
export function simpleWords(command: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  for (let at = 0; at < command.length; at += 1) {
    const character = command[at] ?? ''
    if (character === ' ' || character === '\t') {
      if (word !== null) words.push(word)
      word = null
    } else if (character === "'" || character === '"') {
      const end = command.indexOf(character, at + 1)
      const quoted = end === -1 ? null : command.slice(at + 1, end)
      if (quoted === null || (character === '"' && /[$`\\!]/.test(quoted)) || CONTROL.test(quoted)) return null
      word = (word ?? '') + quoted
      at = end
    } else if (PLAIN.test(character)) {
      word = (word ?? '') + character
    } else {
      return null
    }
  }
  if (word !== null) words.push(word)
  return words.length > 0 ? words : null
}

/** Letters of any script and what means itself to a shell; `*` and `?` only ever become names of files. */
const PLAIN = /^[\p{L}\p{N}_\-./:,=@%+*?^]$/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/
