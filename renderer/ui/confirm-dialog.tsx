import { AlertDialog } from '@base-ui/react/alert-dialog'
import { type ReactNode, useRef } from 'react'
import { useSettled } from '../lib/settled.ts'
import './confirm-dialog.css'

/** Asks before something that cannot be undone. Focus starts on the way out and returns to where it was. */
export function ConfirmDialog(props: {
  title: string
  children: ReactNode
  /** What it is about, below the sentence: it scrolls where it is long. */
  details?: ReactNode
  /** Verbs that name the thing: "Remove session", "Keep it". */
  confirm: string
  cancel: string
  /** It can be undone: no red button. */
  harmless?: boolean
  onConfirm: () => void
  onClose: () => void
}) {
  const wayOut = useRef<HTMLButtonElement>(null)
  const settled = useSettled()
  // What a gesture that began before does is no answer, neither yes nor no.
  const click = (event: Parameters<NonNullable<AlertDialog.Close.Props['onClick']>>[0], act?: () => void) => {
    if (!settled.takes()) event.preventBaseUIHandler()
    else act?.()
  }
  return (
    <AlertDialog.Root
      open
      onOpenChange={(open, details) => {
        if (open) return
        // Escape, which may have been pressed for something else.
        if (details.reason === 'escape-key' && !settled.takes()) details.cancel()
        else props.onClose()
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="confirm-veil" />
        <AlertDialog.Popup className={props.details ? 'confirm roomy' : 'confirm'} initialFocus={wayOut}>
          <AlertDialog.Title className="strong">{props.title}</AlertDialog.Title>
          <AlertDialog.Description className="ink2">{props.children}</AlertDialog.Description>
          {props.details}
          <div ref={settled.ref} className="confirm-acts">
            <AlertDialog.Close
              ref={wayOut}
              className="btn"
              aria-disabled={settled.on ? undefined : true}
              onClick={click}
            >
              {props.cancel}
            </AlertDialog.Close>
            <AlertDialog.Close
              className={props.harmless ? 'btn primary' : 'btn danger'}
              aria-disabled={settled.on ? undefined : true}
              onClick={(event) => click(event, props.onConfirm)}
            >
              {props.confirm}
            </AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
