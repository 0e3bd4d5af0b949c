const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Samaritan}\p{Script=Mandaic}]/u

/** How much of a text is looked at. */
const LOOKED_AT = 500

/**
 * The direction of a text by its first letter; undefined = no letter says it. Code is no word of it. For what holds
 * paragraphs of its own, such as a list: `dir="auto"` looks past those that have a direction themselves.
 */
export function directionOf(text: string): 'ltr' | 'rtl' | undefined {
  const words = text.slice(0, LOOKED_AT).replace(/`[^`]*`/g, '')
  const letter = /\p{L}/u.exec(words)?.[0]
  if (letter === undefined) return undefined
  return RIGHT_TO_LEFT.test(letter) ? 'rtl' : 'ltr'
}
