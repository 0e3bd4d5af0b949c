import { AlertDialog } from '@base-ui/react/alert-dialog'
import type { ReactNode } from 'react'
import './confirm-dialog.css'

/** Asks before something that cannot be undone. Focus starts on the way out and returns to where it was. */
export function ConfirmDialog(props: {
  title: string
  children: ReactNode
  /** Verbs that name the thing: "Remove session", "Keep it". */
  confirm: string
  cancel: string
  /** It can be undone: no red button. */
  harmless?: boolean
  onConfirm: () => void
  onClose: () => void
}) {
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && props.onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="confirm-veil" />
        <AlertDialog.Popup className="confirm">
          <AlertDialog.Title className="strong">{props.title}</AlertDialog.Title>
          <AlertDialog.Description className="ink2">{props.children}</AlertDialog.Description>
          <div className="confirm-acts">
            <AlertDialog.Close className="btn">{props.cancel}</AlertDialog.Close>
            <AlertDialog.Close className={props.harmless ? 'btn primary' : 'btn danger'} onClick={props.onConfirm}>
              {props.confirm}
            </AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
