/**
 * Text of models, tools and files as a person may trust it. A terminal obeys what it is shown: an escape sequence can
 * rewrite the screen, the title or the clipboard. Invisible marks of direction can make a command look like another, and
 * other invisible characters can say to a model what nobody sees. Line feeds and tabs stay; every other control character
 * becomes visible or goes.
 */
export function plainText(text: string): string {
  return text.replace(UNSAFE, visible)
}

/** For one row: line feeds and tabs become blanks too. */
export function plainLine(text: string): string {
  return plainText(text.replace(/[\r\n\t]+/g, ' '))
}

// Controls but \n and \t, the C1 controls, line and paragraph separators, marks of direction and other invisible ones; of
// joiners and of the selectors that emoji need, those that follow one another and join nothing.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ufe00-\ufe0d]|[\u{e0000}-\u{e01ef}]|(?<=\u200c|\u200d)(?:\u200c|\u200d)|(?<=\ufe0e|\ufe0f)(?:\ufe0e|\ufe0f)/gu

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code === 0x0d) return ''
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}
