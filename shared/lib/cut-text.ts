let segmenter: Intl.Segmenter | undefined

/** Made when a text is cut: the tables that it reads take about 10 ms, which a start need not spend. */
function characters(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return segmenter
}

/**
 * The first `length` places of a text, and the rest. The cut is between characters as a person sees them: an emoji of
 * several signs, or a letter with its marks, stays whole on one side. A character longer than `LONGEST_CHARACTER` is cut.
 */
export function splitText(text: string, length: number): [start: string, rest: string] {
  if (text.length <= length) return [text, '']
  if (PLAIN_PAIR.test(text.slice(length - 1, length + 1))) return [text.slice(0, length), text.slice(length)]
  // Only the surroundings of the cut are looked at.
  const from = Math.max(0, length - LONGEST_CHARACTER)
  const near = text.slice(wholeStart(text, from), length + LONGEST_CHARACTER)
  const offset = wholeStart(text, from)
  const at = characters()
    .segment(near)
    .containing(length - offset)?.index
  const cut = at === undefined || at === 0 ? length : offset + at
  const whole = cut > 0 && isLowHalf(text, cut) ? cut - 1 : cut
  return [text.slice(0, whole), text.slice(whole)]
}

const LONGEST_CHARACTER = 64

/** Two signs of ASCII are two characters, but for the end of a line that Windows writes. */
const PLAIN_PAIR = /^[\n\x20-\x7e]{2}$/

function wholeStart(text: string, at: number): number {
  return isLowHalf(text, at) ? at - 1 : at
}

/** Whether the place is inside of a character that takes two. */
function isLowHalf(text: string, at: number): boolean {
  return /[\udc00-\udfff]/.test(text[at] ?? '') && /[\ud800-\udbff]/.test(text[at - 1] ?? '')
}

/** A text of at most `length` places on one line, cut at its end. */
export function cutText(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= length ? line : `${splitText(line, length - 1)[0].trimEnd()}…`
}

/** The last `length` places of a text, or a little less. */
export function endOfText(text: string, length: number): string {
  return text.length <= length ? text : splitText(text, text.length - length)[1].replace(/^\p{M}+/u, '')
}
