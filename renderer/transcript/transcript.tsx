import { ArrowDown, ArrowUp, Hand } from 'lucide-react'
import { memo, type RefObject, useCallback, useEffect, useRef } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { cutText } from '#shared/lib/cut-text.ts'
import type { PendingApproval, TurnView } from '#shared/session/session-view.ts'
import { ApprovalCard } from '../approvals/approval-card.tsx'
import { BudgetCard } from '../approvals/budget-card.tsx'
import { formatTime } from '../lib/format.ts'
import { withCode } from '../prose/user-message.tsx'
import { useChatSession, useView } from '../stores/shown-chat.ts'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { useIsSeen } from './is-seen.ts'
import { useKeptPlace } from './kept-place.ts'
import { elementOf, type Said, useQuestionAbove } from './question-above.ts'
import { QueuedMessages } from './queued-messages.tsx'
import { useStickToEnd } from './stick-to-end.ts'
import { useCopyOfAll, useSelectedTurns } from './transcript-selection.ts'
import { TurnSection } from './turn-section.tsx'

const noTurns: readonly TurnView[] = []
const noApprovals: readonly PendingApproval[] = []

/** Space above the first turn, known to the virtualiser. */
const TOP = 28
/** How far beyond the screen turns are in the page, in pixels. */
const BUFFER = 400
/**
 * What a turn is taken for until it was in the page. More than the buffer, so that they come one at a time: where several
 * come at once and are longer than that, the list keeps the wrong one in its place.
 */
const GUESS = 600

/**
 * All turns. Those before the newest one are virtual: only what is near the screen is in the page. The newest one is
 * in normal flow, so that nothing has to be measured while it grows.
 */
export function Transcript() {
  const turns = useView((view) => view.turns) ?? noTurns
  const approvals = useView((view) => view.approvals) ?? noApprovals
  const budgetRequest = useView((view) => view.budgetRequest)
  const [asked] = approvals
  const scroller = useRef<HTMLElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const { atEnd, jump, leave } = useStickToEnd(scroller, content)
  const above = useQuestionAbove(scroller, content)
  const sessionId = useChatSession()
  const list = useRef<VirtualizerHandle>(null)
  const before = turns.slice(0, -1)
  useKeptPlace({ sessionId, scroller, list, turns: before.map(({ turnId }) => turnId), atEnd, leave })
  useCopyOfAll(content, sessionId)
  const selected = useSelectedTurns(content, sessionId)
  const question = useRef<HTMLDivElement>(null)
  const asks = asked !== undefined || budgetRequest !== null
  const isSeen = useIsSeen(question, scroller, asks)

  // One's own message is an act of one's own: it is shown.
  const count = turns.length
  const counted = useRef(count)
  useEffect(() => {
    if (count > counted.current) jump()
    counted.current = count
  }, [count, jump])

  const seek = useCallback(() => {
    // It is the last of all, but for what was written meanwhile.
    jump()
    requestAnimationFrame(() => question.current?.scrollIntoView({ block: 'nearest' }))
  }, [jump])
  /** The button goes when it is done: the focus goes where it led to. */
  const leadTo = (there: () => void) => {
    there()
    scroller.current?.focus({ preventScroll: true })
  }
  const newest = turns.at(-1)
  const goTo = useCallback(
    (said: Said) => {
      leave()
      // It is being read, so it is in the page.
      elementOf(scroller.current, said)?.scrollIntoView({ block: 'start' })
      scroller.current?.focus({ preventScroll: true })
    },
    [leave],
  )
  const pinned = above && wordsOf(turns, above)
  return (
    <div className="transcript">
      {above && pinned && <PinnedQuestion said={above} text={pinned.text} at={pinned.at} onGo={goTo} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those without a mouse */}
      <section className="scroll" aria-label="Transcript" tabIndex={0} ref={scroller}>
        <div className="column" ref={content}>
          <History turns={before} scroller={scroller} list={list} selected={selected} />
          {newest && (
            <TurnSection key={newest.turnId} turn={newest} newest asked={asked?.request.callId ?? ''} reading={!atEnd}>
              {asks && (
                <div ref={question}>
                  {asked && (
                    <ApprovalCard
                      key={`${asked.request.callId} ${asked.since}`}
                      approval={asked}
                      others={approvals.length - 1}
                      onSeek={seek}
                    />
                  )}
                  {budgetRequest && <BudgetCard key={budgetRequest.since} request={budgetRequest} />}
                </div>
              )}
            </TurnSection>
          )}
          <QueuedMessages />
        </div>
      </section>
      {asks && !isSeen && (
        <button type="button" className="btn sm jump asked" onClick={() => leadTo(seek)}>
          <Icon of={Hand} small />
          Answer needed
        </button>
      )}
      {!asks && !atEnd && (
        <button type="button" className="btn sm jump" onClick={() => leadTo(jump)}>
          <Icon of={ArrowDown} small />
          Jump to end
        </button>
      )}
    </div>
  )
}

interface HistoryProps {
  turns: readonly TurnView[]
  scroller: RefObject<HTMLElement | null>
  list: RefObject<VirtualizerHandle | null>
  /** Places of turns that stay in the page. */
  selected: readonly number[]
}

const History = memo(
  function History({ turns, scroller, list, selected }: HistoryProps) {
    return (
      <Virtualizer
        ref={list}
        scrollRef={scroller}
        startMargin={TOP}
        bufferSize={BUFFER}
        itemSize={GUESS}
        keepMounted={selected}
      >
        {turns.map((turn) => (
          <div key={turn.turnId} className="turn-slot">
            <TurnSection turn={turn} newest={false} asked="" />
          </div>
        ))}
      </Virtualizer>
    )
  },
  (a, b) =>
    a.selected === b.selected &&
    a.turns.length === b.turns.length &&
    a.turns.every((turn, index) => turn === b.turns[index]),
)

/** What was said there, and when; an addition has no time of its own. */
function wordsOf(turns: readonly TurnView[], { turnId, item }: Said): { text: string; at: number } | null {
  const turn = turns.find((one) => one.turnId === turnId)
  if (!turn || item === null) return turn ? { text: turn.text, at: turn.startedAt } : null
  const added = turn.items[item]
  return added?.kind === 'follow-up' ? { text: added.text, at: added.at } : null
}

const PinnedQuestion = memo(function PinnedQuestion(props: {
  said: Said
  text: string
  at: number | null
  onGo: (said: Said) => void
}) {
  return (
    <div className="pinned-q">
      {props.at !== null && <time className="ink3">{formatTime(props.at, Date.now())}</time>}
      <span className="cut" dir="auto">
        {withCode(cutText(props.text, 300))}
      </span>
      <span className="end">
        <IconButton icon={ArrowUp} small label="Go to this message" onClick={() => props.onGo(props.said)} />
      </span>
    </div>
  )
})
