import { Gauge } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import type { BudgetAnswer, BudgetStop } from '#shared/limits/budget.ts'
import { stopNow } from '#shared/limits/stop-now.ts'
import type { PendingBudget } from '#shared/session/session-view.ts'
import { fieldText, raisedFrom } from '../budget/limit-values.ts'
import { focusMessage } from '../lib/focus.ts'
import { formatWait } from '../lib/format.ts'
import { useSettled } from '../lib/settled.ts'
import { answerBudget } from '../stores/actions.ts'
import { useRouteStore } from '../stores/route-store.ts'
import { useChatSession } from '../stores/shown-chat.ts'
import { AnswerButton } from '../ui/answer-button.tsx'
import { Elapsed, useSeconds } from '../ui/elapsed.tsx'
import { Icon } from '../ui/icon.tsx'
import { readRaise, stopFacts, stopTitle } from './budget-stop.ts'

/** What is used when the next step begins; of time there has to be some for what comes. */
function usedSoon({ limit, allowed, used, needs = 0 }: BudgetStop): number {
  return used + (limit === 'wallTime' ? allowed : needs)
}

/** A limit is reached, and somebody is here to say what becomes of the run. The focus stays where it is. */
export function BudgetCard({ request }: { request: PendingBudget }) {
  const { since } = request
  const now = useSeconds()
  const stop = stopNow(request.stop, since, now)
  const sessionId = useChatSession()
  const card = useRef<HTMLElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const settled = useSettled()
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? fieldText(stop.limit, raisedFrom(stop.allowed, usedSoon(stop)))
  const [sent, setSent] = useState(false)
  const read = readRaise(stop, text)
  const problem = read.ok ? '' : read.problem

  const answer = async (given: BudgetAnswer) => {
    if (!sessionId || sent) return
    setSent(true)
    // The buttons go away with the card; the message box is where a person goes on.
    if (card.current?.contains(document.activeElement)) focusMessage()
    await answerBudget(sessionId, given)
    setSent(false)
  }
  const raise = () => {
    if (read.ok) void answer({ choice: 'raise', to: read.value })
    else field.current?.focus()
  }
  return (
    <section ref={card} className="approval budget-card" aria-label="Limit reached" aria-describedby={`${id}-what`}>
      <div className="head">
        <Icon of={Gauge} />
        <h2>Limit reached</h2>
        <span className="ink2 cut" id={`${id}-what`}>
          {stopTitle(stop)}
        </span>
        <span className="end xs ink2 nowrap">
          waiting <Elapsed since={since} format={formatWait} />
        </span>
      </div>
      <div className="asked-for">
        <div className="body">
          <dl className="facts">
            {stopFacts(stop).map(({ name, text: fact, onBudgets }) => (
              <div key={name} className="fact">
                <dt>{name}</dt>
                <dd>
                  {onBudgets ? (
                    <button type="button" className="link" onClick={() => useRouteStore.getState().go('budgets')}>
                      {fact}
                    </button>
                  ) : (
                    fact
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </div>
      </div>
      <div ref={settled.ref} className="acts">
        <AnswerButton
          settled={settled}
          className="btn primary"
          disabled={sent}
          onClick={() => void answer({ choice: 'finish' })}
        >
          Finish with one last answer
        </AnswerButton>
        <form
          className="row raise"
          onSubmit={(event) => {
            event.preventDefault()
            raise()
          }}
        >
          <AnswerButton settled={settled} type="submit" className="btn" disabled={sent} aria-describedby={`${id}-note`}>
            Raise to
          </AnswerButton>
          <span className={problem ? 'field bad' : 'field'}>
            {stop.limit === 'costUsd' && <span className="ink3">$</span>}
            <input
              ref={field}
              aria-label="New limit"
              aria-describedby={`${id}-note`}
              aria-invalid={problem ? true : undefined}
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => setTyped(event.target.value)}
            />
          </span>
        </form>
        <AnswerButton settled={settled} className="btn" disabled={sent} onClick={() => void answer({ choice: 'stop' })}>
          Stop
        </AnswerButton>
        <span id={`${id}-note`} className={problem ? 'xs c-danger' : 'xs ink3'}>
          {problem || 'Raised for this run only.'}
        </span>
      </div>
    </section>
  )
}
