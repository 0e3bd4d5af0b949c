/**
 * A pattern for Unicode text, which is made when it is first asked for: where such a pattern is written as a literal, a
 * program looks up the properties in it when it is read, whether they are used or not.
 */
export function unicodePattern(source: string): () => RegExp {
  let made: RegExp | undefined
  return () => {
    made ??= new RegExp(source, 'u')
    return made
  }
}
