/** The value that a text stands for in JSON; undefined = the text is no JSON (which has no such value itself). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
