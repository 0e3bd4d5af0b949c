import { isRecord, type JsonRecord } from '#shared/lib/json.ts'

/** The value behind a path of members; undefined = it is not there. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value)
}

export function recordsAt(value: unknown, ...path: readonly string[]): JsonRecord[] {
  const list = at(value, ...path)
  return Array.isArray(list) ? list.filter(isRecord) : []
}

export function countAt(value: unknown, ...path: readonly string[]): number | null {
  const count = at(value, ...path)
  return typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : null
}

export function textAt(value: unknown, ...path: readonly string[]): string {
  const text = at(value, ...path)
  return typeof text === 'string' ? text : ''
}
