/** The text with each half of a character (a lone surrogate) replaced by U+FFFD; the same text where it has none. */
export function wholeCharacters(text: string): string {
  return text.toWellFormed()
}

/** Whether the text holds half a character. */
export function hasHalfCharacter(text: string): boolean {
  return !text.isWellFormed()
}

/** The first characters of a text, at most `length` UTF-16 units of them; a character is never cut in two. */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text
  const end = Math.max(0, length)
  return text.slice(0, isInside(text, end) ? end - 1 : end)
}

/** The last characters of a text, at most `length` UTF-16 units of them; a character is never cut in two. */
export function endOf(text: string, length: number): string {
  if (text.length <= length) return text
  const start = text.length - Math.max(0, length)
  return text.slice(isInside(text, start) ? start + 1 : start)
}

/** Whether the position lies between the two halves of one character. */
function isInside(text: string, position: number): boolean {
  return (text.codePointAt(position - 1) ?? 0) > 0xffff
}
