import { History } from 'lucide-react'
import { memo, type ReactNode, useState } from 'react'
import type { Item, TextItem, TurnView } from '#shared/session/session-view.ts'
import { toolKindOf } from '#shared/session/tool-kind.ts'
import { DrawGuard } from '../prose/draw-guard.tsx'
import { Prose } from '../prose/prose.tsx'
import { UserMessage } from '../prose/user-message.tsx'
import { useChatKey } from '../stores/shown-chat.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { LeavingButton } from '../ui/leaving-button.tsx'
import { useShownEarlier } from './fold-store.ts'
import { NoticeLine } from './notice-line.tsx'
import { ReasoningFold } from './reasoning-fold.tsx'
import { ToolGroup } from './tool-group.tsx'
import { TurnEndNotice } from './turn-end-notice.tsx'
import { firstShown, groupItems, type PartOfTurn } from './turn-parts.ts'

/** A question and all that follows until the agent stops. `children` come last, such as an approval. */
export const TurnSection = memo(function TurnSection(props: {
  turn: TurnView
  newest: boolean
  /** Calls whose question is shown as a card instead of a row. */
  asked: string
  /** The reader is somewhere above: what is in the page stays there. */
  reading?: boolean
  children?: ReactNode
}) {
  const { turn } = props
  const [earlier, showEarlier] = useEarlier(turn, props.reading === true)
  const parts = groupItems(turn.items, props.asked).filter(({ at }) => at >= earlier)
  const lastCommand = turn.items.findLast((item) => item.kind === 'tool' && toolKindOf(item) === 'run')
  const answer = turn.end ? answerOf(turn.items) : ''
  return (
    <section className="turn" data-turn={turn.turnId} aria-label={props.newest ? 'Current turn' : 'Earlier turn'}>
      <UserMessage text={turn.text} at={turn.startedAt} said="" />
      {earlier > 0 && (
        <LeavingButton hands="around" className="fold" onClick={showEarlier}>
          <Icon of={History} small />
          <b>… {earlier.toLocaleString('en')} earlier steps</b>
          <span className="cut">show the last of them</span>
        </LeavingButton>
      )}
      {parts.map((part) => (
        <DrawGuard key={part.at} text={textOf(part)}>
          <Part
            part={part}
            id={`${turn.turnId}/${part.at}`}
            lastCommand={lastCommand?.kind === 'tool' ? lastCommand.callId : null}
          />
        </DrawGuard>
      ))}
      {props.children}
      <TurnEndNotice turn={turn} newest={props.newest} />
      {answer && (
        <div className="msg-acts">
          <CopyButton text={() => answer} name="Copy answer" />
        </div>
      )}
    </section>
  )
})

/** The first item that is shown, and how to see some of those before it. While somebody reads above, none leaves. */
function useEarlier(turn: TurnView, reading: boolean): [first: number, showEarlier: () => void] {
  const [shown, showEarlier] = useShownEarlier(`${useChatKey()}/${turn.turnId}`)
  const wanted = firstShown(turn.items.length)
  const [first, setFirst] = useState(wanted)
  if (wanted > first && !reading) setFirst(wanted)
  return [Math.max(0, first - shown), showEarlier]
}

/** Shown where a part cannot be drawn. */
function textOf({ item, tools }: PartOfTurn): string {
  if (!item) return tools.map(({ verb, target }) => `${verb} ${target}`).join('\n')
  return item.kind === 'notice' ? item.message : item.text
}

function Part(props: { part: PartOfTurn; id: string; lastCommand: string | null }) {
  const { item, tools } = props.part
  if (!item)
    return (
      <>
        <ToolGroup tools={tools} lastCommand={props.lastCommand} />
        {tools.map(
          ({ callId, answer, startedAt }) =>
            answer?.reason && <UserMessage key={callId} text={answer.reason} at={startedAt} note="instead" />,
        )}
      </>
    )
  switch (item.kind) {
    case 'text':
      return <Prose item={item} />
    case 'reasoning':
      return <ReasoningFold item={item} id={props.id} />
    case 'notice':
      // Which limit ended the turn is said at its end, with what to do.
      return item.code === 'budget' ? null : <NoticeLine item={item} />
    case 'follow-up':
      // What the app said to the model is no message of anybody.
      return item.origin === 'user' ? (
        <UserMessage text={item.text} at={item.at} note="added" said={String(props.part.at)} />
      ) : null
  }
}

/** The last words of the agent, for copying. */
function answerOf(items: readonly Item[]): string {
  const last = items.findLast((item): item is TextItem => item.kind === 'text')
  return last?.text.trim() ?? ''
}
