import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** Pixels that count as being at the end. */
const NEAR = 4

/**
 * Keeps the end in sight while it grows, for as long as the reader is there. Going up by wheel, key or drag lets go at
 * once; only reaching the end by one's own hand, or `jump`, takes hold again: a reader is never pulled away. `leave` lets go
 * for whoever brings the reader to another place.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): { atEnd: boolean; jump: () => void; leave: () => void } {
  const [atEnd, setAtEnd] = useState(true)
  const sticking = useRef(true)
  const byHand = useRef(false)
  /** Where the scroller was when it was last looked at. */
  const last = useRef(0)

  const stick = useCallback((on: boolean) => {
    sticking.current = on
    setAtEnd(on)
  }, [])
  const toEnd = useCallback(() => {
    const element = scroller.current
    if (!element) return
    if (sticking.current) element.scrollTop = element.scrollHeight
    // What the page does by itself is no hand: a card that goes pulls the end up, and the next one may come before the event.
    last.current = element.scrollTop
  }, [scroller])
  const jump = useCallback(() => {
    byHand.current = false
    stick(true)
    toEnd()
  }, [stick, toEnd])

  const leave = useCallback(() => stick(false), [stick])

  // Before the first frame; after it the observer sees every change of size, when layout is done anyway.
  useLayoutEffect(toEnd, [toEnd])
  useEffect(() => {
    const observer = new ResizeObserver(toEnd)
    if (content.current) observer.observe(content.current)
    if (scroller.current) observer.observe(scroller.current)
    return () => observer.disconnect()
  }, [content, scroller, toEnd])

  useEffect(() => {
    const element = scroller.current
    if (!element) return
    last.current = element.scrollTop
    const act = () => {
      byHand.current = true
    }
    const wheel = (event: WheelEvent) => {
      act()
      if (event.deltaY < 0 && element.scrollHeight > element.clientHeight) stick(false)
    }
    const key = (event: KeyboardEvent) => {
      if (!['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' '].includes(event.key)) return
      act()
      const up =
        event.key === 'ArrowUp' ||
        event.key === 'PageUp' ||
        event.key === 'Home' ||
        (event.key === ' ' && event.shiftKey)
      if (up && element.scrollHeight > element.clientHeight) stick(false)
    }
    const scrolled = () => {
      const top = element.scrollTop
      const gap = element.scrollHeight - top - element.clientHeight
      // Up without a wheel or a key: the bar was dragged, or a finger moved.
      if (byHand.current && top < last.current - NEAR && gap > NEAR) stick(false)
      else if (byHand.current && gap <= NEAR && top >= last.current) stick(true)
      last.current = top
    }
    element.addEventListener('wheel', wheel, { passive: true })
    element.addEventListener('touchmove', act, { passive: true })
    element.addEventListener('pointerdown', act)
    element.addEventListener('keydown', key)
    element.addEventListener('scroll', scrolled, { passive: true })
    return () => {
      element.removeEventListener('wheel', wheel)
      element.removeEventListener('touchmove', act)
      element.removeEventListener('pointerdown', act)
      element.removeEventListener('keydown', key)
      element.removeEventListener('scroll', scrolled)
    }
  }, [scroller, stick])

  return { atEnd, jump, leave }
}
