import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import type { VirtualizerHandle } from 'virtua'
import type { SessionId } from '#shared/ids.ts'

/** The turn at the upper edge, and how far it reaches above it. Pixels. */
interface ReadingPosition {
  turnId: string
  above: number
}

/** Where a person was reading, by chat, while they look elsewhere; who was at the end has none. */
const places = new Map<SessionId, ReadingPosition>()

/** How many frames a place is looked for while what is near it is measured. */
const FRAMES = 10

/**
 * Brings a person who comes back to a chat to where they were reading. `leave` lets go of the end. `turns`: ids of those that
 * are virtual, in order.
 */
export function useKeptPlace(reader: {
  sessionId: SessionId | null
  scroller: RefObject<HTMLElement | null>
  list: RefObject<VirtualizerHandle | null>
  turns: readonly string[]
  atEnd: boolean
  leave: () => void
}): void {
  const { sessionId, scroller, atEnd } = reader
  // What it was when the chat came: afterwards the person moves by themselves.
  const first = useRef(reader)
  useLayoutEffect(() => {
    const { sessionId, scroller, list, turns, leave } = first.current
    const place = sessionId && places.get(sessionId)
    const root = scroller.current
    if (!place || !root) return
    leave()
    let frame = 0
    let left = FRAMES
    const check = () => {
      const turn = root.querySelector(`[data-turn="${place.turnId}"]`)
      if (turn) root.scrollTop += turn.getBoundingClientRect().top - root.getBoundingClientRect().top + place.above
      else list.current?.scrollToIndex(turns.indexOf(place.turnId))
      left -= 1
      if (left > 0) frame = requestAnimationFrame(check)
    }
    check()
    return () => cancelAnimationFrame(frame)
  }, [])

  useEffect(() => {
    const root = scroller.current
    if (!sessionId || !root) return
    if (atEnd) {
      places.delete(sessionId)
      return
    }
    const keep = () => {
      const place = placeIn(root)
      if (place) places.set(sessionId, place)
    }
    keep()
    root.addEventListener('scroll', keep, { passive: true })
    return () => root.removeEventListener('scroll', keep)
  }, [sessionId, scroller, atEnd])
}

function placeIn(root: HTMLElement): ReadingPosition | null {
  const { top } = root.getBoundingClientRect()
  for (const turn of root.querySelectorAll<HTMLElement>('[data-turn]')) {
    const box = turn.getBoundingClientRect()
    if (box.bottom > top) return { turnId: turn.dataset.turn ?? '', above: top - box.top }
  }
  return null
}
