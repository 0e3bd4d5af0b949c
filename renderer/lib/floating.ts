/** Menus, lists and dialogs that are open; those that are still fading away have given the keys back. */
const OPEN = ':is(.popup, .confirm)[data-open]'

let floated = false

// Before anybody acts on the key: what closes by Escape is gone when the window hears of it.
window.addEventListener(
  'keydown',
  ({ key, ctrlKey, metaKey }) => {
    const isText = key.length === 1 && !ctrlKey && !metaKey
    floated = !isText && document.querySelector(OPEN) !== null
  },
  true,
)

/** Whether the key that is being handled came while something lay over the page, which has the keys for itself. */
export function isKeyForFloating(): boolean {
  return floated
}
