import { Check, X } from 'lucide-react'
import type { KeyboardEvent, ReactNode, Ref } from 'react'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'

interface LimitFormProps {
  /** What the form is about, for who does not see it. */
  label: string
  className: string
  ref?: Ref<HTMLFormElement>
  /** Why the limit could not be kept; empty = nothing went wrong. */
  problem: string
  problemClass: string
  saving?: boolean
  onSave: () => Promise<void>
  onCancel: () => void
  children: ReactNode
}

/** The frame in which a limit is made or changed: one tick, one cross. Enter saves, Escape leaves it as it was. */
export function LimitForm({ onSave, onCancel, ...props }: LimitFormProps) {
  return (
    <form
      ref={props.ref}
      className={props.className}
      aria-label={props.label}
      onSubmit={(event) => {
        event.preventDefault()
        void onSave()
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
        event.preventDefault()
        event.stopPropagation()
        onCancel()
      }}
    >
      {props.children}
      {props.problem && (
        <p className={props.problemClass} role="alert">
          {props.problem}
        </p>
      )}
      <span className="row lim-acts">
        <button type="submit" className="ib" aria-label="Save" disabled={props.saving ?? false}>
          <Icon of={Check} className="c-ok" />
        </button>
        <IconButton icon={X} label="Cancel" onClick={onCancel} />
      </span>
    </form>
  )
}
