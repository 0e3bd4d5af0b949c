/**
 * Calls back at once, or when the person's selection has left the element: what is selected must not be drawn anew
 * under it, for then it is selected no more.
 */
export function unlessSelected(element: Element | null, act: () => void): void {
  if (!element || !isSelected(element)) {
    act()
    return
  }
  const changed = () => {
    if (element.isConnected && isSelected(element)) return
    document.removeEventListener('selectionchange', changed)
    act()
  }
  document.addEventListener('selectionchange', changed)
}

function isSelected(element: Element): boolean {
  const selection = document.getSelection()
  return selection !== null && !selection.isCollapsed && selection.containsNode(element, true)
}
