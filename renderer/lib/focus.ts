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

/** The person goes to a page: its title, which may still have to be loaded, takes the focus. */
export function focusNextTitle(): void {
  titleIsAwaited = true
}

/** Whether this title is the awaited one; says so once. */
export function takeTitleFocus(): boolean {
  const awaited = titleIsAwaited
  titleIsAwaited = false
  return awaited
}

/** The person goes to a chat: its message box takes the focus, or the title of what stands in its place. */
export function focusMessage(): void {
  titleIsAwaited = false
  requestAnimationFrame(() => {
    const target = document.querySelector<HTMLElement>(MESSAGE) ?? document.querySelector<HTMLElement>('#main h1')
    target?.focus()
  })
}

/** What had the focus went away: a person goes on in the message box, unless they are already somewhere or on the way. */
export function handFocusOn(): void {
  requestAnimationFrame(() => {
    if (!titleIsAwaited && document.activeElement === document.body) focusMessage()
  })
}

let titleIsAwaited = false

function entryPoint(landmark: HTMLElement): HTMLElement {
  if (landmark.matches('textarea, input')) return landmark
  return (
    landmark.querySelector<HTMLElement>('h1[tabindex]') ??
    landmark.querySelector<HTMLElement>('a[aria-current="page"]') ??
    landmark.querySelector<HTMLElement>('a[href], button:not([disabled])') ??
    landmark
  )
}
