import { DEMO_LABEL } from '#shared/presets.ts'
import { PageTitle } from '../app/page-title.tsx'
import { folderName } from '../lib/format.ts'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { BackgroundSwitch } from './background-switch.tsx'
import { useChatSession, useView } from './chat-place.ts'
import { PolicyButton } from './policy-button.tsx'

/** Title and folder of the chat, and whether a demo answers. */
export function ChatHeader({ folder }: { folder: string | null }) {
  const sessionId = useChatSession()
  const title = useView((view) => view.title)
  const cwd = useView((view) => view.cwd)
  const kind = useView((view) => view.profile.kind)
  const proposed = useAppStore(({ backends, activeProfileId }) => findBackend(backends, activeProfileId)?.profile.kind)
  const place = sessionId ? cwd : folder
  const demo = (sessionId ? kind : proposed) === 'demo'
  return (
    <header className="bar">
      <PageTitle className="cut">{title || 'New chat'}</PageTitle>
      {place && (
        <span className="badge wide" title={place}>
          {folderName(place)}
        </span>
      )}
      {demo && <span className="badge warn">{DEMO_LABEL}</span>}
      {place && <PolicyButton folder={place} />}
      {sessionId && <BackgroundSwitch sessionId={sessionId} />}
    </header>
  )
}
