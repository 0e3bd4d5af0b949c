import { ArrowUp, Pencil, X } from 'lucide-react'
import type { QueuedMessage } from '#shared/session/session-view.ts'
import { focusMessage } from '../lib/focus.ts'
import { formatTime } from '../lib/format.ts'
import { withCode } from '../prose/user-message.tsx'
import { changeQueued, takeBackQueued } from '../queue/queue-acts.ts'
import { TakenBack } from '../queue/taken-back.tsx'
import { sendQueued } from '../stores/actions.ts'
import { useChatSession, useView } from '../stores/shown-chat.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { LeavingButton } from '../ui/leaving-button.tsx'

const none: readonly QueuedMessage[] = []

/** What a person wrote and the model has not read: it can be changed and taken back until then. */
export function QueuedMessages() {
  const sessionId = useChatSession()
  const queued = useView((view) => view.queued) ?? none
  const running = useView((view) => view.activity !== null) === true
  if (!sessionId) return null
  if (queued.length === 0) return <TakenBack chatKey={sessionId} />
  return (
    <section className="turn queued" aria-label="Not read yet">
      {queued.map((message) => (
        <div key={message.messageId} className="you waits">
          <div className="waits-head">
            <span className="xxs ink3">{running ? 'read at the next step' : 'not sent yet'}</span>
            <span className="end row waits-acts">
              <IconButton
                icon={Pencil}
                small
                label="Change this message"
                onClick={() => void changeQueued(sessionId, message).then((taken) => taken && focusMessage())}
              />
              <CopyButton text={() => message.text} name="Copy message" />
              <IconButton
                icon={X}
                small
                label="Take this message back"
                onClick={() => void takeBackQueued(sessionId, message).then((taken) => taken && focusMessage())}
              />
            </span>
            <time className="xxs ink3">{formatTime(message.at, Date.now())}</time>
          </div>
          {withCode(message.text)}
        </div>
      ))}
      <TakenBack chatKey={sessionId} />
      {!running && (
        <div className="row">
          <LeavingButton className="btn sm" onClick={() => void sendQueued(sessionId)}>
            <Icon of={ArrowUp} small />
            {queued.length === 1 ? 'Send it now' : 'Send them now'}
          </LeavingButton>
          <span className="xs ink3">or write more: it goes out with your next message</span>
        </div>
      )}
    </section>
  )
}
