import { ChevronDown, ChevronRight } from 'lucide-react'
import { memo } from 'react'
import { endOfText } from '#shared/lib/cut-text.ts'
import type { ReasoningItem } from '#shared/session/session-view.ts'
import { formatDuration } from '../lib/format.ts'
import { limitMarks } from '../lib/stacked-marks.ts'
import { LongText } from '../prose/long-text.tsx'
import { useChatKey } from '../stores/shown-chat.ts'
import { Elapsed } from '../ui/elapsed.tsx'
import { Icon } from '../ui/icon.tsx'
import { Ring } from '../ui/ring.tsx'
import { useFold } from './fold-store.ts'

/** One line while the model thinks and after it; all of it when somebody opens it. */
export const ReasoningFold = memo(function ReasoningFold(props: { item: ReasoningItem; id: string }) {
  const { item } = props
  const chatKey = useChatKey()
  const [open, toggle] = useFold(`${chatKey}/${props.id}/reasoning`, false)
  const thinking = item.endedAt === null
  return (
    <div>
      <button type="button" className="fold" aria-expanded={open} onClick={toggle}>
        {thinking ? <Ring small /> : <Icon of={open ? ChevronDown : ChevronRight} small />}
        <b>
          {item.endedAt === null ? (
            <>
              Thinking, <Elapsed since={item.startedAt} />
            </>
          ) : (
            `Thought for ${formatDuration(Math.max(1000, item.endedAt - item.startedAt))}`
          )}
        </b>
        {!open && <span className="cut">{limitMarks(lastSentence(item.text))}</span>}
      </button>
      {open && (
        <div className="reasoning">
          <LongText text={item.text.trim()} omitted={item.omitted} />
        </div>
      )}
    </div>
  )
})

/** Enough of the end to tell where it is. */
const TAIL = 400

export function lastSentence(text: string): string {
  const tail = endOfText(text, TAIL).trim()
  const start = tail.slice(0, -1).search(/[.!?\n](?=[^.!?\n]*$)/)
  return tail.slice(start + 1).trim()
}
