/** What a value costs beside its text: a list of a million zeros is large too. */
const NODE_COST = 8

/** Whether a cloned value holds less than `limit` characters. Stops counting there, so that circles end too. */
export function isWithinSize(value: unknown, limit: number): boolean {
  let left = limit
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const current = waiting.pop()
    left -= NODE_COST
    if (typeof current === 'string') left -= current.length
    else if (ArrayBuffer.isView(current)) left -= current.byteLength
    else if (current instanceof ArrayBuffer) left -= current.byteLength
    else if (typeof current === 'object' && current !== null) {
      for (const [name, part] of Object.entries(current)) {
        left -= name.length
        if (left < 0) return false
        waiting.push(part)
      }
    }
    if (left < 0) return false
  }
  return true
}
