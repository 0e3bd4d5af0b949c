import { ArrowUp, Pencil, X } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import type { BackgroundRun } from '#shared/run/background.ts'
import { isOver } from '#shared/run/run-words.ts'
import type { QueuedMessage } from '#shared/session/session-view.ts'
import { changeQueued, takeBackQueued } from '../queue/queue-acts.ts'
import { sendWords } from '../queue/send-words.ts'
import { TakenBack } from '../queue/taken-back.tsx'
import { giveBackDraft, setDraft, takeDraft, useDraftStore } from '../stores/draft-store.ts'
import { resumeRun } from '../stores/run-actions.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'

const none: readonly QueuedMessage[] = []

/** A word to the run: at its next step, or to let it go on. */
export function RunMessage({ run }: { run: BackgroundRun }) {
  const { sessionId } = run
  const text = useDraftStore((state) => state.drafts[sessionId] ?? '')
  const queued = useSessionStore(({ sessions }) => sessions[sessionId]?.view?.queued ?? none)
  const asked = useSessionStore(({ sessions }) => (sessions[sessionId]?.view?.approvals.length ?? 0) > 0)
  const [sending, setSending] = useState(false)
  const ended = isOver(run)
  const empty = text.trim() === ''
  const send = async () => {
    if (empty || sending) return
    setSending(true)
    const draft = takeDraft(sessionId)
    const sent = ended ? await resumeRun(run.runId, draft.text) : await sendWords(sessionId, draft)
    setSending(false)
    if (!sent) giveBackDraft(sessionId, draft)
  }
  const keyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // 229 = the input method has the key: Enter there ends a word, not the message.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return
    // Without a text it may be meant for the approval.
    if (empty && (event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    void send()
  }
  return (
    <div className="stack g2 run-words">
      {queued.map((message) => (
        <p key={message.messageId} className="notice">
          <span className="cut">“{message.text}”</span>
          <span className="end nowrap">{ended ? 'not read' : 'read at the next step'}</span>
          <IconButton
            icon={Pencil}
            small
            label="Change this message"
            onClick={() => void changeQueued(sessionId, message)}
          />
          <IconButton
            icon={X}
            small
            label="Take this message back"
            onClick={() => void takeBackQueued(sessionId, message)}
          />
        </p>
      ))}
      <TakenBack chatKey={sessionId} />
      <div className="run-message">
        <textarea
          aria-label="Message"
          rows={1}
          placeholder={
            asked
              ? 'Answer above, or write what it should do instead.'
              : ended
                ? 'Say what comes next. The run goes on with it.'
                : 'Say something to this run. It is read at the next step.'
          }
          value={text}
          onChange={(event) => setDraft(sessionId, event.target.value)}
          onKeyDown={keyDown}
        />
        <button
          type="button"
          className="btn primary"
          aria-label="Send"
          aria-keyshortcuts="Enter"
          title={empty ? 'Write a message first' : undefined}
          disabled={empty || sending}
          onClick={() => void send()}
        >
          <Icon of={ArrowUp} />
        </button>
      </div>
    </div>
  )
}
