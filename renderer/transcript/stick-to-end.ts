import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from 'react'
import { EndHold, type ReaderAct, type Scrolled } from './end-hold.ts'

const DOWN = ['ArrowDown', 'PageDown', 'End', ' ']
const UP = ['ArrowUp', 'PageUp', 'Home']

/**
 * Keeps the end in sight while it grows, for as long as the reader is there. Going up by wheel, key or drag lets go at
 * once; only reaching the end by one's own hand, or `jump`, takes hold again: a reader is never pulled away. `leave` lets go
 * for whoever brings the reader to another place.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): { atEnd: boolean; jump: () => void; leave: () => void } {
  const [hold] = useState(() => new EndHold())
  const [atEnd, setAtEnd] = useState(true)

  const toEnd = useCallback(() => {
    const element = scroller.current
    if (!element) return
    if (hold.holds) element.scrollTop = element.scrollHeight
    hold.resized(scrolledOf(element))
  }, [hold, scroller])
  const jump = useCallback(() => {
    hold.holdAgain()
    setAtEnd(true)
    toEnd()
  }, [hold, toEnd])
  const leave = useCallback(() => {
    hold.leave()
    setAtEnd(false)
  }, [hold])

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
    const act = (one: ReaderAct) => {
      hold.act(one, scrolledOf(element))
      setAtEnd(hold.holds)
    }
    const listeners = new AbortController()
    const { signal } = listeners
    const passive = { passive: true, signal }
    element.addEventListener('wheel', ({ deltaY }) => act(deltaY < 0 ? 'up' : 'down'), passive)
    element.addEventListener('touchmove', () => act('grab'), passive)
    element.addEventListener(
      'pointerdown',
      ({ target }) => {
        act(isControl(target) ? 'release' : 'grab')
        // A press on the bar may move the page after it is over, and where it ends is not always told.
        if (target === element) return
        for (const end of ['pointerup', 'pointercancel'] as const)
          window.addEventListener(end, () => act('release'), { once: true, signal })
      },
      { signal },
    )
    document.addEventListener('keydown', (event) => act(keyAct(event, element)), { signal })
    element.addEventListener(
      'scroll',
      () => {
        if (hold.scrolled(scrolledOf(element))) toEnd()
        setAtEnd(hold.holds)
      },
      passive,
    )
    return () => listeners.abort()
  }, [hold, scroller, toEnd])

  return { atEnd, jump, leave }
}

function scrolledOf({ scrollTop, scrollHeight, clientHeight }: HTMLElement): Scrolled {
  return { top: scrollTop, height: scrollHeight, room: clientHeight }
}

/** A press on it is meant for it, and moves no page. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, input, textarea, select, summary') !== null
}

function keyAct({ key, shiftKey, target }: KeyboardEvent, scroller: HTMLElement): ReaderAct {
  if (!(target instanceof Element) || !scroller.contains(target)) return 'release'
  // It brings what has the focus next into sight, wherever that is.
  if (key === 'Tab') return 'grab'
  if (target.matches('input, textarea, select') || (key === ' ' && isControl(target))) return 'release'
  if (UP.includes(key) || (key === ' ' && shiftKey)) return 'up'
  return DOWN.includes(key) ? 'down' : 'release'
}
