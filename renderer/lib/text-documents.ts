import type { Item, SessionView, TextItem } from '#shared/session-view.ts'
import { type Block, MarkdownDocument } from './markdown-document.ts'

/** The document of a text item lives as long as the item, and moves on to the item that continues it. */
const documents = new WeakMap<TextItem, MarkdownDocument>()

export function blocksOf(item: TextItem): readonly Block[] {
  const known = documents.get(item)
  if (known) return known.blocks
  const document = new MarkdownDocument(item.text)
  documents.set(item, document)
  return document.blocks
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
  const document = documents.get(old)
  if (!document) return
  document.append(item.text.slice(old.text.length))
  documents.delete(old)
  documents.set(item, document)
}
