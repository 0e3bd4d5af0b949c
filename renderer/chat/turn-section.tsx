import { memo, type ReactNode } from 'react'
import type { Item, TextItem, ToolItem, TurnView } from '#shared/session-view.ts'
import { CopyButton } from './copy-button.tsx'
import { NoticeLine } from './notice-line.tsx'
import { Prose } from './prose.tsx'
import { ReasoningFold } from './reasoning-fold.tsx'
import { ToolGroup } from './tool-group.tsx'
import { TurnEndNotice } from './turn-end-notice.tsx'
import { UserMessage } from './user-message.tsx'

/** A question and all that follows until the agent stops. `children` come last, such as an approval. */
export const TurnSection = memo(function TurnSection(props: {
  turn: TurnView
  newest: boolean
  /** Calls whose question is shown as a card instead of a row. */
  asked: string
  children?: ReactNode
}) {
  const { turn } = props
  const parts = groupItems(turn.items, props.asked)
  const lastCommand = turn.items.findLast((item) => item.kind === 'tool' && item.verb === 'Run')
  const answer = turn.end ? answerOf(turn.items) : ''
  return (
    <section className="turn" data-turn={turn.turnId} aria-label={props.newest ? 'Current turn' : 'Earlier turn'}>
      <UserMessage text={turn.text} at={turn.startedAt} />
      {parts.map((part) => (
        <Part
          key={part.at}
          part={part}
          id={`${turn.turnId}/${part.at}`}
          lastCommand={lastCommand?.kind === 'tool' ? lastCommand.callId : null}
        />
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

interface PartOfTurn {
  /** The place of its first item: items are only added, so it stays. */
  at: number
  item: Exclude<Item, ToolItem> | null
  tools: readonly ToolItem[]
}

/** Calls in sequence belong together. */
function groupItems(items: readonly Item[], asked: string): PartOfTurn[] {
  const parts: (PartOfTurn & { tools: ToolItem[] })[] = []
  let group: ToolItem[] | null = null
  for (const [at, item] of items.entries()) {
    if (item.kind !== 'tool') {
      group = null
      parts.push({ at, item, tools: [] })
    } else if (item.callId !== asked) {
      if (group) group.push(item)
      else {
        group = [item]
        parts.push({ at, item: null, tools: group })
      }
    }
  }
  return parts
}

function Part(props: { part: PartOfTurn; id: string; lastCommand: string | null }) {
  const { item, tools } = props.part
  if (!item) return <ToolGroup tools={tools} lastCommand={props.lastCommand} />
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
      return item.origin === 'user' ? <UserMessage text={item.text} at={null} note="added" /> : null
  }
}

/** The last words of the agent, for copying. */
function answerOf(items: readonly Item[]): string {
  const last = items.findLast((item): item is TextItem => item.kind === 'text')
  return last?.text.trim() ?? ''
}
