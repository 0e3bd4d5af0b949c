import { type ComponentProps, useLayoutEffect, useRef } from 'react'
import { handFocusOn } from '../lib/focus.ts'

interface LeavingButtonProps extends ComponentProps<'button'> {
  /** `around`: what it stands in, for who reads on there. Otherwise where a person goes on writing. */
  hands?: 'message' | 'around'
}

/** A button that goes away with what it does: the focus, if it was here, is handed on and not lost. */
export function LeavingButton({ hands = 'message', ...props }: LeavingButtonProps) {
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    const element = button.current
    // At this time it is still in the page.
    return () => {
      if (!element || element !== document.activeElement) return
      const around = hands === 'around' ? element.closest<HTMLElement>('[tabindex]') : null
      if (around) around.focus({ preventScroll: true })
      else handFocusOn()
    }
  }, [hands])
  return <button ref={button} type="button" {...props} />
}
