/** Line breaks and other marks that would make one name look like two, or like another one. */
const MARKS = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

/** A name or path for a list that has one on each line: in quotes and with its marks spelled out where it has any. */
export function shownName(name: string): string {
  if (!MARKS.test(name)) return name
  const marks = new RegExp(MARKS, 'gu')
  return JSON.stringify(name).replace(marks, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
