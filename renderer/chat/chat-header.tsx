import { ShieldOff } from 'lucide-react'
import type { SessionId } from '#shared/ids.ts'
import { DEMO_LABEL } from '#shared/profile/presets.ts'
import { folderName } from '../lib/format.ts'
import { PolicyButton } from '../policy/policy-button.tsx'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { useDraftStore } from '../stores/draft-store.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { useChatSession, useView } from '../stores/shown-chat.ts'
import { conversationText } from '../transcript/conversation-text.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { isUnsafe } from '../ui/unsafe-question.tsx'
import { BackgroundSwitch } from './background-switch.tsx'

/** Title and folder of the chat, and whether a demo answers. */
export function ChatHeader({ folder }: { folder: string | null }) {
  const sessionId = useChatSession()
  const title = useView((view) => view.title)
  const cwd = useView((view) => view.cwd)
  const kind = useView((view) => view.profile.kind)
  const chosen = useDraftStore(({ newChat }) => newChat)
  const proposed = useAppStore(
    ({ backends, activeProfileId }) =>
      (findBackend(backends, chosen.profileId) ?? findBackend(backends, activeProfileId))?.profile.kind,
  )
  const own = useView((view) => view.permissions)
  const forNew = useAppStore(({ settings }) => settings.permissions)
  const unsafe = isUnsafe(sessionId ? own : (chosen.permissions ?? forNew))
  const shownFolder = sessionId ? cwd : folder
  const gone = useView((view) => view.folderGone === true) === true
  const demo = (sessionId ? kind : proposed) === 'demo'
  return (
    <header className="bar">
      <PageTitle className="cut">{title || 'New chat'}</PageTitle>
      {shownFolder && (
        <span className="badge wide" title={shownFolder}>
          {folderName(shownFolder)}
        </span>
      )}
      {demo && <span className="badge warn">{DEMO_LABEL}</span>}
      {unsafe && (
        <span className="badge danger" title="Commands run at once, with all that you may do">
          <Icon of={ShieldOff} small />
          no sandbox
        </span>
      )}
      {shownFolder && <PolicyButton folder={shownFolder} />}
      {sessionId && <CopyConversation sessionId={sessionId} />}
      {sessionId && !gone && <BackgroundSwitch sessionId={sessionId} />}
    </header>
  )
}

/** The one way to all of it: a selection holds only what is in the page. */
function CopyConversation({ sessionId }: { sessionId: SessionId }) {
  const hasTurns = useView((view) => view.turns.length > 0)
  if (!hasTurns) return null
  const text = () => {
    const view = useSessionStore.getState().sessions[sessionId]?.view
    return view ? conversationText(view.title, view.turns) : ''
  }
  return <CopyButton text={text} name="Copy conversation" />
}
