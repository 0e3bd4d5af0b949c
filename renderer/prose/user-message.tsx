import { RotateCw } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { formatTime } from '../lib/format.ts'
import { sendMessage } from '../stores/actions.ts'
import { useChatSession } from '../stores/shown-chat.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { LongText } from './long-text.tsx'

/** What the person said. */
export const UserMessage = memo(function UserMessage(props: {
  text: string
  at: number | null
  note?: string
  /** Its place in its turn, empty = at the beginning; missing = it was not read yet. */
  said?: string
}) {
  const sessionId = useChatSession()
  return (
    <div className="you" data-said={props.said}>
      <div className="when">
        {props.at !== null && (
          <span className="msg-acts">
            {sessionId && (
              <IconButton
                icon={RotateCw}
                small
                label="Ask this again"
                onClick={() => void sendMessage(sessionId, props.text)}
              />
            )}
            <CopyButton text={() => props.text} name="Copy message" />
          </span>
        )}
        <span className="xxs ink3">
          {props.note}
          {props.note && props.at !== null && ' '}
          {props.at !== null && <time>{formatTime(props.at, Date.now())}</time>}
        </span>
      </div>
      <LongText text={props.text} draw={withCode} />
    </div>
  )
})

/** A message with its `code` marked, and nothing else: a person's own words are shown as they wrote them. */
export function withCode(text: string): ReactNode {
  return text.split(/(`[^`\n]+`)/).map((part, index) => {
    const key = index
    return part.length > 2 && part.startsWith('`') ? <code key={key}>{part.slice(1, -1)}</code> : part
  })
}
