import { visibleOutput, visibleText } from '#shared/lib/visible-text.ts'

/**
 * What goes back to where it came from, or is edited and saved: it keeps its bytes. All else that leaves the engine for
 * a person's eyes may be a model's, a tool's or a server's text.
 */
const kept: ReadonlySet<string> = new Set([
  'callId',
  'cwd',
  'dataFolder',
  'environment',
  'homeFolder',
  'id',
  'models',
  'profile',
  'profileId',
  'queued',
  'runId',
  'servers',
  'sessionId',
  'settings',
  'turnId',
  'worktree',
])

/** What is drawn by its control codes, which give it colour. */
const coloured: ReadonlySet<string> = new Set(['output'])

const known = new WeakMap<object, unknown>()

/**
 * A value as it is shown to a person: the invisible characters of its texts are visible. Shares what did not change, and
 * knows what it has seen before: values are never changed in place.
 */
export function shown<Value>(value: Value): Value
export function shown(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value)
  if (typeof value !== 'object' || value === null) return value
  const before = known.get(value)
  if (before !== undefined) return before
  const made = Array.isArray(value) ? shownList(value) : shownObject(value)
  known.set(value, made)
  return made
}

function shownList(list: readonly unknown[]): readonly unknown[] {
  const made = list.map((item) => shown(item))
  return made.every((item, index) => item === list[index]) ? list : made
}

function shownObject(value: object): object {
  let changed = false
  const entries = Object.entries(value).map(([key, part]: [string, unknown]): [string, unknown] => {
    const made = shownPart(key, part)
    changed ||= made !== part
    return [key, made]
  })
  return changed ? Object.fromEntries(entries) : value
}

function shownPart(key: string, part: unknown): unknown {
  if (kept.has(key)) return part
  return coloured.has(key) && typeof part === 'string' ? visibleOutput(part) : shown(part)
}
