import type { Item, ToolItem } from '#shared/session/session-view.ts'

/** What is drawn as one: an item, or calls in sequence. */
export interface PartOfTurn {
  /** The place of its first item: items are only added, so it stays. */
  at: number
  item: Exclude<Item, ToolItem> | null
  tools: readonly ToolItem[]
}

/** More calls than this in sequence get another frame. */
const GROUP = 40

/** Calls in sequence belong together. `asked` is shown as a card instead of a row. */
export function groupItems(items: readonly Item[], asked: string): readonly PartOfTurn[] {
  const parts: (PartOfTurn & { tools: ToolItem[] })[] = []
  let group: ToolItem[] | null = null
  for (const [at, item] of items.entries()) {
    if (item.kind !== 'tool') {
      group = null
      parts.push({ at, item, tools: [] })
    } else if (item.callId !== asked) {
      if (group && group.length < GROUP) group.push(item)
      else {
        group = [item]
        parts.push({ at, item: null, tools: group })
      }
    }
  }
  return parts
}

/** A turn of more items than this shows its last ones, until somebody asks for those before. */
const MOST_SHOWN = 160
/** The items that go out of sight do so this many at a time. */
const STEP = 80

/** The item that a turn of so many begins with until somebody asks for those before it. */
export function firstShown(count: number): number {
  return count <= MOST_SHOWN ? 0 : Math.floor((count - STEP) / STEP) * STEP
}
