import { ArrowUp, Pencil, X } from 'lucide-react'
import type { QueuedMessage } from '#shared/session-view.ts'
import { focusMessage } from '../app/focus.ts'
import { formatTime } from '../lib/format.ts'
import { sendQueued, takeBackMessage } from '../stores/actions.ts'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { useChatSession, useView } from './chat-place.ts'
import { CopyButton } from './copy-button.tsx'
import { prependDraft } from './draft-store.ts'
import { withCode } from './user-message.tsx'

const none: readonly QueuedMessage[] = []

/** What a person wrote and the model has not read: it can be changed and taken back until then. */
export function QueuedMessages() {
  const sessionId = useChatSession()
  const queued = useView((view) => view.queued) ?? none
  const running = useView((view) => view.activity !== null) === true
  if (!sessionId || queued.length === 0) return null
  return (
    <section className="turn queued" aria-label="Not read yet">
      {queued.map(({ messageId, text, at }) => (
        <div key={messageId} className="you waits">
          <div className="waits-head">
            <span className="xxs ink3">{running ? 'read at the next step' : 'not sent yet'}</span>
            <span className="end row waits-acts">
              <IconButton
                icon={Pencil}
                small
                label="Change this message"
                onClick={() =>
                  void takeBackMessage(sessionId, messageId).then((taken) => {
                    if (!taken) return
                    prependDraft(sessionId, text)
                    focusMessage()
                  })
                }
              />
              <CopyButton text={() => text} name="Copy message" />
              <IconButton
                icon={X}
                small
                label="Take this message back"
                onClick={() => void takeBackMessage(sessionId, messageId).then((taken) => taken && focusMessage())}
              />
            </span>
            <time className="xxs ink3">{formatTime(at, Date.now())}</time>
          </div>
          {withCode(text)}
        </div>
      ))}
      {!running && (
        <div className="row">
          <button type="button" className="btn sm" onClick={() => void sendQueued(sessionId)}>
            <Icon of={ArrowUp} small />
            {queued.length === 1 ? 'Send it now' : 'Send them now'}
          </button>
          <span className="xs ink3">or write more: it goes out with your next message</span>
        </div>
      )}
    </section>
  )
}
