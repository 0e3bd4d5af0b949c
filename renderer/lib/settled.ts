import { type RefCallback, useCallback, useEffect, useRef, useState } from 'react'
import { SETTLED } from '#shared/lib/settled.ts'
import { gestureBegan } from './gesture.ts'

export interface Settled {
  /** For the element around the buttons. */
  ref: RefCallback<HTMLElement>
  /** Whether the question has been on the screen long enough: before, its buttons take nothing. */
  on: boolean
  /** Whether the present click or key was made for the question: it began when that had settled. */
  takes: () => boolean
}

/**
 * One gesture answers one question. A question appears under a hand that is already moving: the second click of a
 * double click, a key that was meant for something else. Time counts from when the buttons are whole on the screen, and
 * begins anew when they were away.
 */
export function useSettled(): Settled {
  // A state, since what a dialog holds comes into the page later than the dialog.
  const [element, ref] = useState<HTMLElement | null>(null)
  const [on, setOn] = useState(false)
  const since = useRef(Number.POSITIVE_INFINITY)
  useEffect(() => {
    if (!element) return
    let timer: number | undefined
    let inSight = false
    const check = () => {
      window.clearTimeout(timer)
      since.current = Number.POSITIVE_INFINITY
      setOn(false)
      if (!inSight || document.hidden) return
      timer = window.setTimeout(() => {
        since.current = performance.now()
        setOn(true)
      }, SETTLED)
    }
    const observer = new IntersectionObserver(
      (entries) => {
        const seen = entries.at(-1)?.intersectionRatio ?? 0
        // Buttons that only move a little, as where a line more is said below them, are still the same question.
        const now = inSight ? seen > 0.5 : seen > 0.9
        if (now === inSight) return
        inSight = now
        check()
      },
      { threshold: [0.5, 0.9, 1] },
    )
    observer.observe(element)
    document.addEventListener('visibilitychange', check)
    return () => {
      window.clearTimeout(timer)
      observer.disconnect()
      document.removeEventListener('visibilitychange', check)
    }
  }, [element])
  const takes = useCallback(() => gestureBegan() >= since.current, [])
  return { ref, on, takes }
}
