import type { FileDiff } from '../approval/file-diff.ts'
import type { SessionEvent } from './session-event.ts'
import type { Item, SessionView, TurnView } from './session-view.ts'

/**
 * How much a view holds of what models and tools wrote, in characters: many days of work. The journal of a session has no
 * bound, and every process that looks on holds the view.
 */
export const MOST_HELD = 16_000_000
/** So much of it is left, the newest, once there was more. */
export const HELD_AFTER = MOST_HELD / 2

/** What this event adds to what a view holds, in characters. */
export function addedBy(event: SessionEvent): number {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return event.text.length
    case 'tool-start':
      return event.arguments.length
    case 'tool-end':
      return event.output.length + (event.diff ? diffLength(event.diff) : 0)
    default:
      return 0
  }
}

/**
 * The view with no more than it may hold: the texts, outputs, changes and arguments of its oldest items are let go, and the
 * items say how much that was. Looked at where an answer or a call ends, so that it is the same however the pieces of an
 * answer were joined on their way.
 */
export function withinBounds(view: SessionView, event: SessionEvent): SessionView {
  const { held = 0 } = view
  if (held <= MOST_HELD || (event.type !== 'model-call-end' && event.type !== 'tool-end')) return view
  const count: Count = { left: HELD_AFTER, isFull: false }
  const turns = view.turns.toReversed().map((turn) => lightened(turn, count))
  return { ...view, turns: turns.reverse(), held: HELD_AFTER - count.left }
}

interface Count {
  /** How much of what is older may still be held. */
  left: number
  /** Something was let go: so is all that is older. */
  isFull: boolean
}

function lightened(turn: TurnView, count: Count): TurnView {
  const items = turn.items.toReversed().map((item) => {
    const length = lengthOf(item)
    if (!count.isFull && length <= count.left) {
      count.left -= length
      return item
    }
    count.isFull = true
    return length === 0 ? item : letGo(item)
  })
  items.reverse()
  return items.every((item, index) => item === turn.items[index]) ? turn : { ...turn, items }
}

function lengthOf(item: Item): number {
  if (item.kind === 'text' || item.kind === 'reasoning') return item.text.length
  if (item.kind !== 'tool' || item.state === 'running' || item.state === 'waiting') return 0
  return item.output.length + item.arguments.length + (item.diff ? diffLength(item.diff) : 0)
}

function letGo(item: Item): Item {
  const omitted = lengthOf(item)
  if (item.kind === 'text' || item.kind === 'reasoning')
    return { ...item, text: '', omitted: (item.omitted ?? 0) + omitted }
  if (item.kind !== 'tool') return item
  const { diff: _, ...rest } = item
  return { ...rest, arguments: '', output: '', omitted: (item.omitted ?? 0) + omitted }
}

function diffLength({ hunks }: FileDiff): number {
  return hunks.reduce((sum, { lines }) => sum + lines.reduce((length, { text }) => length + text.length, 0), 0)
}
