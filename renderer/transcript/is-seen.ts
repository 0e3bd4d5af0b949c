import { type RefObject, useEffect, useState } from 'react'

/** Pixels of a long element from which on it counts as seen: as much as a question needs to say what it asks. */
const ENOUGH = 120

const steps = Array.from({ length: 21 }, (_, step) => step / 20)

/** Whether an element inside of what scrolls is in sight, or enough of it. `there` = the element is in the page. */
export function useIsSeen(
  element: RefObject<HTMLElement | null>,
  scroller: RefObject<HTMLElement | null>,
  there: boolean,
): boolean {
  const [isSeen, setIsSeen] = useState(true)
  useEffect(() => {
    if (!there || !element.current) return
    const observer = new IntersectionObserver(
      (entries) => {
        const newest = entries.at(-1)
        if (!newest) return
        const { intersectionRect, boundingClientRect } = newest
        setIsSeen(intersectionRect.height >= Math.min(boundingClientRect.height - 1, ENOUGH))
      },
      { root: scroller.current, threshold: steps },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, scroller, there])
  return isSeen
}
