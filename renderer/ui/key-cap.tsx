/** A key as it is drawn. Readers get `aria-keyshortcuts` on the control instead. */
export function KeyCap({ text }: { text: string }) {
  return (
    <span aria-hidden="true">
      <kbd>{text}</kbd>
    </span>
  )
}
