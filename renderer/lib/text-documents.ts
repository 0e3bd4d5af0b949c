import type { Item, SessionView, TextItem } from '#shared/session/session-view.ts'
import { type Block, MarkdownDocument } from './markdown-document.ts'

/** How much of a text is read and drawn until a person asks for more: in characters, and in blocks. */
export const SHOWN_LENGTH = 200_000
const SHOWN_BLOCKS = 3_000

/**
 * The part of a text that is shown. A model that never stops writes faster than a page can draw; what nobody has asked
 * to see costs nothing.
 */
class ShownText {
  readonly #document = new MarkdownDocument('')
  #read = 0
  #longest = SHOWN_LENGTH
  #mostBlocks = SHOWN_BLOCKS

  get blocks(): readonly Block[] {
    return this.#document.blocks
  }

  /** How many characters of the text were read. */
  get length(): number {
    return this.#read
  }

  /** `text` is all of it: what was there before, and longer. */
  update(text: string): void {
    while (this.#read < Math.min(text.length, this.#longest) && this.#document.blocks.length < this.#mostBlocks) {
      const end = wholeEnd(text, Math.min(text.length, this.#longest, this.#read + PIECE))
      if (end <= this.#read) return
      this.#document.append(text.slice(this.#read, end))
      this.#read = end
    }
  }

  showMore(text: string): void {
    this.#longest = this.#read + SHOWN_LENGTH
    this.#mostBlocks = this.#document.blocks.length + SHOWN_BLOCKS
    this.update(text)
  }
}

/** After each of these many characters the blocks are counted. */
const PIECE = 8_000

/** Not in the middle of a character; a text that ends there is taken as it is. */
function wholeEnd(text: string, end: number): number {
  return end < text.length && /[\ud800-\udbff]/.test(text[end - 1] ?? '') ? end - 1 : end
}

/** The document of a text item lives as long as the item, and moves on to the item that continues it. */
const documents = new WeakMap<TextItem, ShownText>()

/** What is drawn of a text, and how many characters of it are not. */
export interface ShownBlocks {
  blocks: readonly Block[]
  /** They are there, and `showMore` draws them. */
  waiting: number
  /** They are in the journal alone. */
  omitted: number
}

export function shownBlocks(item: TextItem): ShownBlocks {
  const shown = shownText(item)
  return { blocks: shown.blocks, waiting: item.text.length - shown.length, omitted: item.omitted ?? 0 }
}

/** Draws the next part of a text that is too long to be drawn at once. */
export function showMore(item: TextItem): void {
  shownText(item).showMore(item.text)
}

function shownText(item: TextItem): ShownText {
  const known = documents.get(item)
  if (known) return known
  const shown = new ShownText()
  shown.update(item.text)
  documents.set(item, shown)
  return shown
}

/**
 * Hands the documents of the running turn from one view to the next one. Text is append-only: what stands at the same
 * place is longer, never different.
 */
export function carryDocuments(before: SessionView, after: SessionView): void {
  const index = before.turns.length - 1
  const old = before.turns[index]?.items ?? []
  const items = after.turns[index]?.items ?? []
  if (old === items) return
  for (const [position, item] of old.entries()) carryItem(item, items[position])
}

function carryItem(old: Item, item: Item | undefined): void {
  if (old === item || old.kind !== 'text' || item?.kind !== 'text') return
  const shown = documents.get(old)
  // One that was let go is no longer drawn.
  if (!shown || item.text.length < old.text.length) return
  shown.update(item.text)
  documents.delete(old)
  documents.set(item, shown)
}
