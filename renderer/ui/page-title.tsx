import { useEffect, useRef } from 'react'
import { takeTitleFocus } from '../lib/focus.ts'

/**
 * The one h1 of a page. It takes the focus when a person came here from another page, so that a reader hears where
 * it is and Tab goes on from there; not at the start of the window, and not in a chat, where the message box has it.
 */
export function PageTitle(props: { children: string; className?: string }) {
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takeTitleFocus()) title.current?.focus({ preventScroll: true })
  }, [])
  return (
    <h1 ref={title} tabIndex={-1} className={props.className} dir="auto">
      {props.children}
    </h1>
  )
}
