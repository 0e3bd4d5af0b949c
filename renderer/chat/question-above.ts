import { type RefObject, useEffect, useState } from 'react'

/**
 * The turn that is being read while its question is out of sight above; null = there is none. Watches the turns that
 * are in the page, whichever come and go.
 */
export function useQuestionAbove(scroller: RefObject<HTMLElement | null>): string | null {
  const [turn, setTurn] = useState<string | null>(null)
  useEffect(() => {
    const root = scroller.current
    if (!root) return
    const crossing = new Set<string>()
    const above = new Set<string>()
    const settle = () => setTurn([...crossing].findLast((id) => above.has(id)) ?? null)
    // A line at the upper edge: the turn that crosses it is the one being read.
    const turns = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) toggle(crossing, idOf(target), isIntersecting)
        settle()
      },
      { root, rootMargin: '0px 0px -100% 0px' },
    )
    const questions = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting, boundingClientRect, rootBounds } of entries) {
          const isAbove = !isIntersecting && boundingClientRect.bottom <= (rootBounds?.top ?? 0) + 1
          toggle(above, idOf(target), isAbove)
        }
        settle()
      },
      { root },
    )
    const watch = (section: Element) => {
      turns.observe(section)
      const question = section.querySelector('.you')
      if (question) questions.observe(question)
    }
    const forget = (section: Element) => {
      turns.unobserve(section)
      const question = section.querySelector('.you')
      if (question) questions.unobserve(question)
      crossing.delete(idOf(section))
      above.delete(idOf(section))
    }
    const changes = new MutationObserver((records) => {
      for (const { addedNodes, removedNodes } of records) {
        for (const section of sectionsIn(removedNodes)) forget(section)
        for (const section of sectionsIn(addedNodes)) watch(section)
      }
      settle()
    })
    for (const section of root.querySelectorAll('[data-turn]')) watch(section)
    const column = root.firstElementChild
    if (column) {
      changes.observe(column, { childList: true })
      // The virtual part adds and removes one level deeper.
      if (column.firstElementChild) changes.observe(column.firstElementChild, { childList: true })
    }
    return () => {
      turns.disconnect()
      questions.disconnect()
      changes.disconnect()
    }
  }, [scroller])
  return turn
}

function idOf(element: Element): string {
  return element.closest<HTMLElement>('[data-turn]')?.dataset.turn ?? ''
}

function sectionsIn(nodes: NodeList): Element[] {
  return [...nodes].flatMap((node) =>
    node instanceof Element ? (node.matches('[data-turn]') ? [node] : [...node.querySelectorAll('[data-turn]')]) : [],
  )
}

function toggle(set: Set<string>, id: string, on: boolean): void {
  if (on) set.add(id)
  else set.delete(id)
}
