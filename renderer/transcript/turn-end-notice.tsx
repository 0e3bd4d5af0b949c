import { CircleAlert, Gauge, Square, TriangleAlert } from 'lucide-react'
import { standInFor } from '#shared/profile/stand-in.ts'
import type { TurnView } from '#shared/session/session-view.ts'
import { goToKey } from '../backends/backend-place.ts'
import { chooseProfile, resumeTurn } from '../stores/actions.ts'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { useRouteStore } from '../stores/route-store.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { useChatSession, useView } from '../stores/shown-chat.ts'
import { Icon, type IconShape } from '../ui/icon.tsx'
import { LeavingButton } from '../ui/leaving-button.tsx'
import { type EndAction, type EndNotice, endNotice } from './turn-end.ts'

const labels: Readonly<Record<EndAction, string>> = {
  resend: 'Try again',
  'go-on': 'Go on',
  key: 'Set a new key',
  backends: 'Open backends',
  budgets: 'Open budgets',
  settings: 'Open settings',
}

const icons: Readonly<Record<Exclude<EndNotice['tone'], 'line'>, IconShape>> = {
  calm: Gauge,
  warn: TriangleAlert,
  danger: CircleAlert,
}

/** How a turn ended, where there is something to say; with what to do about it on the newest turn. */
export function TurnEndNotice(props: { turn: TurnView; newest: boolean }) {
  const sessionId = useChatSession()
  const profileId = useView((view) => view.profile.profileId)
  // Where it can only be read, nothing is offered that would be refused.
  const gone = useView((view) => view.folderGone === true) === true
  const notice = endNotice(props.turn)
  if (!notice) return null
  if (notice.tone === 'line') {
    return (
      <div className="notice">
        <Icon of={Square} small />
        <span>{notice.title}</span>
      </div>
    )
  }
  const act = (action: EndAction) => {
    if (action === 'key') {
      if (profileId) goToKey(profileId)
    } else if (action !== 'resend' && action !== 'go-on') useRouteStore.getState().go(action)
    else if (sessionId) void resumeTurn(sessionId)
  }
  return (
    <div className={`notice box ${notice.tone}`}>
      <Icon of={icons[notice.tone]} />
      <div className="grow">
        <div className="med">{notice.title}</div>
        {notice.text && <div className="xs ink2">{notice.text}</div>}
        {notice.quote && <div className="mono quote">“{notice.quote}”</div>}
        {props.newest && !gone && notice.actions.length > 0 && (
          <div className="row notice-acts">
            <StandInButton turn={props.turn} />
            {notice.actions.map((action) => (
              <LeavingButton key={action} className="btn sm" onClick={() => act(action)}>
                {labels[action]}
              </LeavingButton>
            ))}
          </div>
        )}
      </div>
    </div>
  )
}

/** The backend that a person named for when this one fails; it is asked only when they press this. */
function StandInButton({ turn }: { turn: TurnView }) {
  const sessionId = useChatSession()
  const failedId = useSessionStore(
    ({ sessions }) => (sessionId && sessions[sessionId]?.view?.profile.profileId) || null,
  )
  const standIn = useAppStore(({ backends }) => {
    const profiles = backends.map(({ profile }) => profile)
    return standInFor(turn.end?.failure ?? null, findBackend(backends, failedId)?.profile, profiles)
  })
  if (!sessionId || !standIn) return null
  const answer = async () => {
    if (await chooseProfile(sessionId, standIn.id)) await resumeTurn(sessionId)
  }
  return (
    <LeavingButton className="btn sm primary" onClick={() => void answer()}>
      Answer with {standIn.name}
    </LeavingButton>
  )
}
