import { type KeyboardEvent, type MouseEvent, useRef, useState } from 'react'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import { formatAge, spokenAge } from '../lib/age.ts'
import { useUnseenStore } from '../stores/unseen-store.ts'
import { SessionGlyph, SessionNote } from '../ui/session-state.tsx'

export function SessionRow(props: {
  session: SessionSummary
  now: number
  current: boolean
  menuOpen: boolean
  onOpen: () => void
  onKeyDown: (event: KeyboardEvent) => void
  onMenu: (event: MouseEvent<HTMLElement>) => void
}) {
  const { session } = props
  const title = sessionTitle(session)
  const unseen = useUnseenStore((state) => state.unseen.has(session.sessionId))
  return (
    <a
      className="session-row"
      href={`#${session.sessionId}`}
      data-session={session.sessionId}
      data-menu={props.menuOpen || undefined}
      data-unseen={unseen || undefined}
      aria-current={props.current ? 'true' : undefined}
      title={title}
      onClick={(event) => {
        event.preventDefault()
        props.onOpen()
      }}
      onKeyDown={props.onKeyDown}
      onContextMenu={props.onMenu}
    >
      <span className="session-glyph">
        {unseen && (session.state === 'idle' || session.state === 'stopped') ? (
          <span className="dot unseen" role="img" aria-label="finished, not seen" />
        ) : (
          <SessionGlyph state={session.state} />
        )}
      </span>
      <span className="session-title cut" dir="auto">
        {title}
      </span>
      <time dateTime={new Date(session.updatedAt).toISOString()}>
        <span aria-hidden="true">{formatAge(props.now, session.updatedAt)}</span>
        <span className="sr">{spokenAge(props.now, session.updatedAt)}</span>
      </time>
      <SessionNote session={session} />
    </a>
  )
}

export function sessionTitle({ title }: SessionSummary): string {
  return title === '' ? 'New chat' : title
}

/** The field for a new title, in the place of the row: Enter and leaving keep the name, Escape keeps the old one. */
export function SessionRename(props: { title: string; onDone: (title: string | null) => void }) {
  const [title, setTitle] = useState(props.title)
  const done = useRef(false)
  const finish = (name: string | null) => {
    if (done.current) return
    done.current = true
    props.onDone(name === null || name.trim() === '' || name.trim() === props.title ? null : name.trim())
  }
  return (
    <div className="session-rename">
      <span className="field">
        <input
          aria-label="Name of the session"
          maxLength={200}
          value={title}
          ref={focusAndSelect}
          onChange={(event) => setTitle(event.target.value)}
          onBlur={() => finish(title)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return
            // Nothing else is meant by it: Escape would stop the turn of the chat.
            event.stopPropagation()
            finish(event.key === 'Enter' ? title : null)
          }}
        />
      </span>
    </div>
  )
}

function focusAndSelect(input: HTMLInputElement | null): void {
  input?.select()
}
