import { CornerDownLeft, X } from 'lucide-react'
import { focusMessage } from '../lib/focus.ts'
import { keepTakenBack, prependDraft, useDraftStore } from '../stores/draft-store.ts'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'

/** What was taken back while something else was being written, until a person uses it or lets it go. */
export function TakenBack({ chatKey }: { chatKey: string }) {
  const text = useDraftStore(({ takenBack }) => takenBack[chatKey])
  if (text === undefined) return null
  return (
    <p className="notice">
      <span className="nowrap">Taken back:</span>
      <span className="cut" dir="auto">
        “{text}”
      </span>
      <button
        type="button"
        className="btn sm end"
        onClick={() => {
          keepTakenBack(chatKey, null)
          prependDraft(chatKey, text)
          focusMessage()
        }}
      >
        <Icon of={CornerDownLeft} small />
        Put it into the message
      </button>
      <IconButton
        icon={X}
        small
        label="Let it go"
        onClick={() => {
          keepTakenBack(chatKey, null)
          focusMessage()
        }}
      />
    </p>
  )
}
