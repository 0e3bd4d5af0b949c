import { Hand } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import type { ApprovalAnswer } from '#shared/approval/approval.ts'
import type { PendingApproval } from '#shared/session/session-view.ts'
import { useNow } from '../lib/clock.ts'
import { focusMessage } from '../lib/focus.ts'
import { formatTimeLeft, formatWait } from '../lib/format.ts'
import { isMac } from '../lib/platform.ts'
import { useSettled } from '../lib/settled.ts'
import { ariaKeys, keyCaps } from '../lib/shortcuts.ts'
import { DiffView } from '../prose/diff-view.tsx'
import { withCode } from '../prose/user-message.tsx'
import { answerApproval } from '../stores/actions.ts'
import { useChatSession } from '../stores/shown-chat.ts'
import { AnswerButton } from '../ui/answer-button.tsx'
import { Elapsed } from '../ui/elapsed.tsx'
import { Icon } from '../ui/icon.tsx'
import { KeyCap } from '../ui/key-cap.tsx'
import { LineCounts } from '../ui/line-counts.tsx'

const allowKeys = ['mod', 'Enter']

/** "May I?" The focus stays where it is: somebody may be typing. */
export function ApprovalCard(props: {
  approval: PendingApproval
  others: number
  /** Brings it into sight. */
  onSeek: () => void
}) {
  const { request, since, until } = props.approval
  const sessionId = useChatSession()
  const description = useId()
  const card = useRef<HTMLElement>(null)
  const settled = useSettled()
  const [sent, setSent] = useState(false)
  const [reasoning, setReasoning] = useState(false)
  const withReason = useRef<HTMLButtonElement>(null)
  const cameBack = useRef(false)
  // The field goes with the focus: the way to it takes it over.
  useEffect(() => {
    if (cameBack.current && !reasoning) withReason.current?.focus()
    cameBack.current = reasoning
  }, [reasoning])

  const answer = async (given: ApprovalAnswer) => {
    if (!sessionId || sent) return
    setSent(true)
    // The buttons go away with the card; the message box is where a person goes on.
    if (card.current?.contains(document.activeElement)) focusMessage()
    await answerApproval(sessionId, request.callId, given)
    setSent(false)
  }
  useAllowKey(() => {
    if (settled.takes()) void answer({ decision: 'allow-once' })
    else props.onSeek()
  })

  return (
    // Not a <dialog>: that would take the focus from a person who types.
    <section
      ref={card}
      className="approval"
      role="alertdialog"
      aria-label="Approval needed"
      aria-describedby={until === undefined ? description : `${description} ${description}-end`}
    >
      <div className="head">
        <Icon of={Hand} />
        <h2>Approval needed</h2>
        <span className="ink2 cut" id={description}>
          {request.purpose}
        </span>
        {request.subject.kind === 'change' && (
          <span className="row xs nowrap">
            <LineCounts {...request.subject.diff} />
          </span>
        )}
        {request.recovered && <span className="badge info">recovered</span>}
        <span className="end xs ink2 nowrap">
          waiting <Elapsed since={since} format={formatWait} />
        </span>
      </div>
      <div className="asked-for">
        {request.subject.kind === 'change' && request.subject.diff.hunks.length > 0 && (
          <DiffView diff={request.subject.diff} />
        )}
        <div className="body">
          {request.subject.kind === 'command' && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a long command scrolls, also for those without a mouse
            <section className="cmd mono" aria-label="Command" tabIndex={0}>
              <span className="ink3">$</span> {request.subject.command}
            </section>
          )}
          {request.facts.length > 0 && (
            <dl className="facts">
              {request.facts.map(({ name, text }) => (
                <div key={name} className="fact">
                  <dt>{name}</dt>
                  <dd>{withCode(text)}</dd>
                </div>
              ))}
            </dl>
          )}
          {props.others > 0 && (
            <p className="xs ink2">
              {props.others === 1 ? 'Another question waits' : `${props.others} more questions wait`} after this one.
            </p>
          )}
          {until !== undefined && (
            <p className="xs ink2" id={`${description}-end`}>
              <EndsUnlessAnswered until={until} />
            </p>
          )}
        </div>
      </div>
      <div ref={settled.ref} className="acts">
        {reasoning ? (
          <DenyWithReason
            disabled={sent}
            onDeny={(reason) => void answer({ decision: 'deny', reason })}
            onBack={() => setReasoning(false)}
          />
        ) : (
          <>
            <AnswerButton
              settled={settled}
              className="btn primary"
              disabled={sent}
              aria-keyshortcuts={ariaKeys(allowKeys, isMac)}
              onClick={() => void answer({ decision: 'allow-once' })}
            >
              Allow once
              <KeyCap text={`${keyCaps(['mod'], isMac)} ⏎`} />
            </AnswerButton>
            <AnswerButton
              settled={settled}
              className="btn"
              disabled={sent}
              onClick={() => void answer({ decision: 'allow-session' })}
            >
              Allow for this session
            </AnswerButton>
            <AnswerButton
              settled={settled}
              className="btn"
              disabled={sent}
              onClick={() => void answer({ decision: 'deny' })}
            >
              Deny
            </AnswerButton>
            <button
              ref={withReason}
              type="button"
              className="btn quiet sm end"
              disabled={sent}
              onClick={() => setReasoning(true)}
            >
              Deny with a reason…
            </button>
          </>
        )}
      </div>
    </section>
  )
}

/** Readers hear it with the card and when they come to it, never as it counts down. */
function EndsUnlessAnswered({ until }: { until: number }) {
  const left = until - useNow(1000)
  return left <= 0 ? 'The run ends, nobody answered.' : `The run ends in ${formatTimeLeft(left)} unless answered.`
}

function DenyWithReason(props: { disabled: boolean; onDeny: (reason: string) => void; onBack: () => void }) {
  const [reason, setReason] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <form
      className="row grow"
      onSubmit={(event) => {
        event.preventDefault()
        if (reason.trim()) props.onDeny(reason.trim())
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        props.onBack()
      }}
    >
      <span className="field grow">
        <input
          ref={field}
          aria-label="Reason, told to the model"
          placeholder="What it should do instead"
          maxLength={2000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </span>
      <button type="submit" className="btn" disabled={props.disabled || reason.trim() === ''}>
        Deny with this reason
      </button>
      <button type="button" className="btn quiet" onClick={props.onBack}>
        Back
      </button>
    </form>
  )
}

/** mod+Enter allows, but never while something is being written: there it would be taken for Send. */
function useAllowKey(allow: () => void): void {
  const latest = useRef(allow)
  useEffect(() => {
    latest.current = allow
  })
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const mod = isMac ? event.metaKey : event.ctrlKey
      if (event.key !== 'Enter' || !mod || event.repeat || event.isComposing || event.defaultPrevented) return
      if (isWriting(document.activeElement)) return
      event.preventDefault()
      latest.current()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [])
}

function isWriting(element: Element | null): boolean {
  if (element instanceof HTMLTextAreaElement) return element.value.trim() !== ''
  return element instanceof HTMLInputElement
}
