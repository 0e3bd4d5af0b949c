import { Folder } from 'lucide-react'
import { type KeyboardEvent, lazy, Suspense, useMemo, useState } from 'react'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import type { SessionId } from '#shared/ids.ts'
import { counted } from '#shared/lib/counted.ts'
import { useNow } from '../lib/clock.ts'
import { focusMessage } from '../lib/focus.ts'
import { removeSession, renameSession } from '../stores/actions.ts'
import { Icon } from '../ui/icon.tsx'
import { type AskedFor, groupSessions, sessionsInOrder, shownGroups } from './session-groups.ts'
import { SessionRename, SessionRow, sessionTitle } from './session-row.tsx'

const SessionMenu = lazy(() => import('./session-menu.tsx'))
const RemoveSession = lazy(() => import('./remove-session.tsx'))

interface OpenMenu {
  session: SessionSummary
  at: { x: number; y: number }
}

/** Sessions by folder. Rows are links; F2, Delete and the context menu work on the one that has the focus. */
export function SessionList(props: {
  sessions: readonly SessionSummary[]
  search: string
  current: SessionId | null
  onOpen: (sessionId: SessionId) => void
}) {
  const now = useNow(30_000)
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const [renaming, setRenaming] = useState<SessionId | null>(null)
  const [removing, setRemoving] = useState<SessionSummary | null>(null)
  const [asked, setAsked] = useState<AskedFor>({})
  const all = useMemo(() => groupSessions(props.sessions, props.search), [props.sessions, props.search])
  const { groups, hiddenFolders } = useMemo(() => shownGroups(all, asked, props.current), [all, asked, props.current])
  const order = sessionsInOrder(groups)
  const askFor = (folder: string) => setAsked({ ...asked, [folder]: (asked[folder] ?? 1) * 4 })

  const keyDown = (session: SessionSummary) => (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const index = order.indexOf(session)
    if (event.key === 'F2') setRenaming(session.sessionId)
    else if (event.key === 'Delete') setRemoving(session)
    else if (event.key === 'ArrowDown') focusRow(order[index + 1]?.sessionId)
    else if (event.key === 'ArrowUp') focusRow(order[index - 1]?.sessionId)
    else if (event.key === 'Home') focusRow(order[0]?.sessionId)
    else if (event.key === 'End') focusRow(order.at(-1)?.sessionId)
    else return
    event.preventDefault()
  }

  return (
    <>
      {groups.map((group) => (
        <div key={group.folder}>
          <h2 className="session-group" title={group.folder}>
            <Icon of={Folder} small />
            <span className="cut">{group.label}</span>
          </h2>
          <ul aria-label={group.label}>
            {group.sessions.map((session) => (
              <li key={session.sessionId}>
                {renaming === session.sessionId ? (
                  <SessionRename
                    title={sessionTitle(session)}
                    onDone={(title) => {
                      setRenaming(null)
                      requestAnimationFrame(() => focusRow(session.sessionId))
                      if (title !== null) void renameSession(session.sessionId, title)
                    }}
                  />
                ) : (
                  <SessionRow
                    session={session}
                    now={now}
                    current={session.sessionId === props.current}
                    menuOpen={menu?.session.sessionId === session.sessionId}
                    onOpen={() => props.onOpen(session.sessionId)}
                    onKeyDown={keyDown(session)}
                    onMenu={(event) => {
                      event.preventDefault()
                      setMenu({ session, at: menuPlace(event) })
                    }}
                  />
                )}
              </li>
            ))}
          </ul>
          {group.hidden > 0 && (
            <MoreButton count={group.hidden} of="session" place={group.label} onMore={() => askFor(group.folder)} />
          )}
        </div>
      ))}
      {hiddenFolders > 0 && <MoreButton count={hiddenFolders} of="folder" onMore={() => askFor('')} />}
      <Suspense>
        {menu && (
          <SessionMenu
            at={menu.at}
            onRename={() => setRenaming(menu.session.sessionId)}
            onRemove={() => setRemoving(menu.session)}
            onClose={() => setMenu(null)}
          />
        )}
        {removing && (
          <RemoveSession
            session={removing}
            onRemove={() => {
              const index = order.findIndex(({ sessionId }) => sessionId === removing.sessionId)
              const neighbour = order[index + 1] ?? order[index - 1]
              void removeSession(removing.sessionId).then(() =>
                neighbour ? focusRow(neighbour.sessionId) : focusMessage(),
              )
            }}
            onClose={() => setRemoving(null)}
          />
        )}
      </Suspense>
    </>
  )
}

function MoreButton(props: { count: number; of: string; place?: string; onMore: () => void }) {
  const words = counted(props.count, `more ${props.of}`)
  return (
    <button
      type="button"
      className="session-more"
      aria-label={props.place ? `${words} in ${props.place}` : words}
      onClick={props.onMore}
    >
      … {words}
    </button>
  )
}

function focusRow(sessionId: SessionId | undefined): void {
  if (sessionId) document.querySelector<HTMLElement>(`[data-session="${sessionId}"]`)?.focus()
}

/** The menu key has no pointer: its event names the row's corner or nothing at all. */
function menuPlace(event: { clientX: number; clientY: number; currentTarget: HTMLElement }): { x: number; y: number } {
  if (event.clientX !== 0 || event.clientY !== 0) return { x: event.clientX, y: event.clientY }
  const row = event.currentTarget.getBoundingClientRect()
  return { x: row.left + 24, y: row.bottom - 4 }
}
