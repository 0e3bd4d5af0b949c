import { type RefObject, useEffect, useState } from 'react'
import type { SessionId } from '#shared/ids.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { conversationText } from './conversation-text.ts'

/**
 * Turns that leave the page leave a selection too. Where all of the transcript is selected, all of the conversation is
 * copied, with what is folded and out of sight.
 */
export function useCopyOfAll(content: RefObject<HTMLElement | null>, sessionId: SessionId | null): void {
  useEffect(() => {
    const copied = (event: ClipboardEvent) => {
      const view = viewOf(sessionId)
      if (!view) return
      const selection = document.getSelection()
      if (!content.current || !selection?.containsNode(content.current, false)) return
      // What a person types into has a selection of its own.
      if (document.activeElement?.matches('input, textarea, select')) return
      event.clipboardData?.setData('text/plain', conversationText(view.title, view.turns))
      event.preventDefault()
    }
    document.addEventListener('copy', copied)
    return () => document.removeEventListener('copy', copied)
  }, [content, sessionId])
}

const none: readonly number[] = []

/** The places of the turns that the person's selection begins and ends in, and of those between: they stay in the page. */
export function useSelectedTurns(
  content: RefObject<HTMLElement | null>,
  sessionId: SessionId | null,
): readonly number[] {
  const [selected, setSelected] = useState(none)
  useEffect(() => {
    const changed = () => {
      const turns = viewOf(sessionId)?.turns ?? []
      const selection = document.getSelection()
      const ends = selection?.isCollapsed
        ? []
        : [selection?.anchorNode, selection?.focusNode].map((node) => turnOf(content.current, node ?? null))
      const places = ends.map((id) => turns.findIndex(({ turnId }) => turnId === id))
      const first = Math.min(...places)
      const count = Math.max(...places) - first + 1
      if (places.length < 2 || first < 0 || count > MOST_KEPT) setSelected(none)
      else setSelected(Array.from({ length: count }, (_, index) => first + index))
    }
    document.addEventListener('selectionchange', changed)
    return () => document.removeEventListener('selectionchange', changed)
  }, [content, sessionId])
  return selected
}

function viewOf(sessionId: SessionId | null): SessionView | null {
  return (sessionId && useSessionStore.getState().sessions[sessionId]?.view) || null
}

/** A selection over more turns than this is one of all. */
const MOST_KEPT = 60

function turnOf(content: HTMLElement | null, node: Node | null): string | null {
  const element = node instanceof HTMLElement ? node : (node?.parentElement ?? null)
  if (!element || !content?.contains(element)) return null
  return element.closest<HTMLElement>('[data-turn]')?.dataset.turn ?? null
}
