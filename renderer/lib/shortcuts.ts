/** `mod` is Command on a Mac and Control elsewhere. */
export type Command = 'new-chat' | 'settings' | 'toggle-sidebar' | 'next-landmark' | 'previous-landmark'

interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/** What a key press means to the window; a number is the place of a session, from 0; null = nothing of ours. */
export function commandOf(press: KeyPress, mac: boolean): Command | number | null {
  if (press.key === 'F6' && !press.ctrlKey && !press.metaKey && !press.altKey)
    return press.shiftKey ? 'previous-landmark' : 'next-landmark'
  const mod = mac ? press.metaKey && !press.ctrlKey : press.ctrlKey && !press.metaKey
  if (!mod || press.altKey || press.shiftKey) return null
  if (/^[1-9]$/.test(press.key)) return Number(press.key) - 1
  switch (press.key.toLowerCase()) {
    case 'n':
      return 'new-chat'
    case ',':
      return 'settings'
    case 'b':
      return 'toggle-sidebar'
    default:
      return null
  }
}

/** The keys of the window, as the settings page lists them; `mod` is written by `keyCaps`. */
export const windowKeys: readonly { name: string; keys: readonly string[] }[] = [
  { name: 'New chat', keys: ['mod', 'N'] },
  { name: 'Send', keys: ['Enter'] },
  { name: 'New line in the message', keys: ['Shift', 'Enter'] },
  { name: 'Allow once', keys: ['mod', 'Enter'] },
  { name: 'Stop', keys: ['Esc'] },
  { name: 'Settings', keys: ['mod', ','] },
  { name: 'Show or hide the sidebar', keys: ['mod', 'B'] },
  { name: 'Open a session by its place', keys: ['mod', '1 … 9'] },
  { name: 'Next part of the window', keys: ['F6'] },
  { name: 'Rename the focused session', keys: ['F2'] },
  { name: 'Remove the focused session', keys: ['Delete'] },
]

export function keyCaps(keys: readonly string[], mac: boolean): string[] {
  return keys.map((key) => (key === 'mod' ? (mac ? '⌘' : 'Ctrl') : key))
}

/** The value of `aria-keyshortcuts`, such as "Control+N". */
export function ariaKeys(keys: readonly string[], mac: boolean): string {
  return keys.map((key) => (key === 'mod' ? (mac ? 'Meta' : 'Control') : key)).join('+')
}
