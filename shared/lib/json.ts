/** An object out of JSON whose members are not checked yet. */
export type JsonRecord = Record<string, unknown>

/** Whether a value is an object of JSON: neither a list nor null. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value that a text stands for in JSON; undefined = the text is no JSON (which has no such value itself). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
