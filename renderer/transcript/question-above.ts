import { type RefObject, useEffect, useState } from 'react'

/** Something that a person said, as the page marks it. */
export interface Said {
  turnId: string
  /** The place of the item in its turn; null = the question that began it. */
  item: number | null
}

/** What is being read stands this far down, as a share of the height: a line at the edge would belong to what leaves. */
const READING_LINE = 1 / 3

/**
 * What the person last said before what is being read, while it is out of sight above; null = it is in sight, or there
 * is nothing. Looks at what is in the page whenever that moves.
 */
export function useQuestionAbove(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): Said | null {
  const [said, setSaid] = useState<Said | null>(null)
  useEffect(() => {
    const root = scroller.current
    if (!root) return
    const check = () => {
      const now = saidAbove(root)
      setSaid((before) => (before?.turnId === now?.turnId && before?.item === now?.item ? before : now))
    }
    // Told when layout is done anyway, as scrolling is.
    const sizes = new ResizeObserver(check)
    sizes.observe(root)
    // A turn that comes into the page later need not change any size.
    let frame = 0
    const turns = new MutationObserver(() => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(check)
    })
    if (content.current) {
      sizes.observe(content.current)
      turns.observe(content.current, { childList: true })
      for (const list of content.current.children) turns.observe(list, { childList: true })
    }
    root.addEventListener('scroll', check, { passive: true })
    return () => {
      sizes.disconnect()
      turns.disconnect()
      cancelAnimationFrame(frame)
      root.removeEventListener('scroll', check)
    }
  }, [scroller, content])
  return said
}

function saidAbove(root: HTMLElement): Said | null {
  const edge = root.getBoundingClientRect().top
  const line = edge + root.clientHeight * READING_LINE
  const begins = (element: HTMLElement) => element.getBoundingClientRect().top <= line
  const turn = turnsIn(root).findLast(begins)
  const message =
    turn &&
    elementsOf(turn)
      .filter(({ dataset }) => dataset.said !== undefined)
      .findLast(begins)
  if (!message || message.getBoundingClientRect().bottom > edge + 1) return null
  const said = message.dataset.said ?? ''
  return { turnId: turn.dataset.turn ?? '', item: said === '' ? null : Number(said) }
}

/** Where turns are, counted in elements below the scroller: the newest one two, those of the list five at most. */
const DEEPEST_TURN = 5

/** Looked for by hand: a search through all that text and code is made of would cost more than drawing what came. */
function turnsIn(element: Element, depth = 0): readonly HTMLElement[] {
  return elementsOf(element).flatMap((child) => {
    if (child.dataset.turn !== undefined) return [child]
    return depth < DEEPEST_TURN ? turnsIn(child, depth + 1) : []
  })
}

function elementsOf(element: Element): readonly HTMLElement[] {
  return [...element.children].filter((child) => child instanceof HTMLElement)
}

/** The element that shows it, where it is in the page. */
export function elementOf(root: HTMLElement | null, said: Said): Element | null {
  return root?.querySelector(`[data-turn="${said.turnId}"] [data-said="${said.item ?? ''}"]`) ?? null
}
