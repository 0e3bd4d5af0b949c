import { counted } from '#shared/lib/counted.ts'

/** How much of a text is not shown, in words: "29 characters", and "29 more characters" behind a part that is shown. */
export function moreCharacters(count: number, shown: string): string {
  return counted(count, shown === '' ? 'character' : 'more character')
}
