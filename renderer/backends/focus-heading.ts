const focused = new WeakSet<HTMLElement>()

/** A ref for the heading of a step: it takes the focus once, when the step appears. */
export function focusHeading(element: HTMLElement | null): void {
  if (!element || focused.has(element)) return
  focused.add(element)
  element.focus()
}
