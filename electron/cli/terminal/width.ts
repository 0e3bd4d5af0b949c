import { unicodePattern } from '#shared/lib/unicode-pattern.ts'

/** Columns that a text takes in a terminal: wide characters two, marks that join the one before none. */
export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

/** Cut at the end to so many columns, with an ellipsis where something is missing. */
export function fitEnd(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  return `${head(text, columns - 1)}…`
}

/** Cut at the beginning: of a path, the end says more. */
export function fitStart(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  const reversed = head([...text].reverse().join(''), columns - 1)
  return `…${[...reversed].reverse().join('')}`
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)))
}

/** The beginning that fits into so many columns. */
export function head(text: string, columns: number): string {
  let width = 0
  let result = ''
  for (const character of text) {
    width += characterWidth(character)
    if (width > columns) break
    result += character
  }
  return result
}

/** East Asian wide and full-width blocks, and what is drawn as an emoji. */
const wide = unicodePattern(
  String.raw`[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]`,
)
/** Marks that join the character before them, and what is not drawn. */
const unseen = unicodePattern(String.raw`[\p{Mn}\p{Me}\p{Cf}]`)

function characterWidth(character: string): number {
  if (character >= ' ' && character <= '~') return 1
  if (unseen().test(character)) return 0
  return wide().test(character) ? 2 : 1
}
