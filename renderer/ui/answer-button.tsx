import type { ComponentPropsWithRef, MouseEvent } from 'react'
import type { Settled } from '../lib/settled.ts'

interface AnswerButtonProps extends ComponentPropsWithRef<'button'> {
  settled: Settled
}

/** A button that answers a question: it takes no click that began before the question could be read. */
export function AnswerButton({ settled, onClick, ...rest }: AnswerButtonProps) {
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    // Also keeps a form from being sent.
    if (!settled.takes()) event.preventDefault()
    else onClick?.(event)
  }
  return <button type="button" aria-disabled={settled.on ? undefined : true} {...rest} onClick={click} />
}
