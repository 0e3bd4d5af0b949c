const MESSAGE = '#main [aria-label="Message"]'

/** The parts that F6 goes round, in the order of the window; those that are not there are left out. */
const parts = ['#sidebar', '#main', MESSAGE]

/** Moves the focus into the next (or the previous) part of the window. */
export function focusLandmark(direction: 1 | -1): void {
  const landmarks = parts
    .map((selector) => document.querySelector<HTMLElement>(selector))
    .filter((landmark) => landmark !== null)
  // The innermost one counts: the message box is inside main.
  const current = landmarks.findLastIndex((landmark) => landmark.contains(document.activeElement))
  const next =
    current === -1 && direction === -1
      ? landmarks.at(-1)
      : landmarks[(current + direction + landmarks.length) % landmarks.length]
  if (next) entryPoint(next).focus()
}

/** Called for every change of page; where the focus goes is up to the page that appears. */
export function noteNavigation(): void {
  navigations += 1
}

export function wentSomewhere(): boolean {
  return navigations > 0
}

/** After the page has been drawn: the message box of a chat, if there is one. */
export function focusMessage(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(MESSAGE)?.focus())
}

let navigations = 0

function entryPoint(landmark: HTMLElement): HTMLElement {
  if (landmark.matches('textarea, input')) return landmark
  return (
    landmark.querySelector<HTMLElement>('h1[tabindex]') ??
    landmark.querySelector<HTMLElement>('a[aria-current="page"]') ??
    landmark.querySelector<HTMLElement>('a[href], button:not([disabled])') ??
    landmark
  )
}
