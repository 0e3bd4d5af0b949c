/** The longest stack that a writing system needs is shorter; each mark more costs layout and covers other lines. */
const MOST_MARKS = 10

const marks = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, 'gu')

/** A text with no more marks on a letter than any writing system has. */
export function limitMarks(text: string): string {
  return /\p{M}/u.test(text) ? text.replace(marks, '$1') : text
}
