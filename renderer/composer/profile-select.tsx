import { memo } from 'react'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import { displayName } from '../backends/display-name.ts'
import { backendLine } from '../backends/doctor-line.ts'
import { chosenModel } from '../lib/backend-state.ts'
import { chooseProfile } from '../stores/actions.ts'
import { useAppStore } from '../stores/app-store.ts'
import { useDraftStore } from '../stores/draft-store.ts'
import { useChatSession, useView } from '../stores/shown-chat.ts'
import { Select } from '../ui/select.tsx'

/** Which backend answers from here on. */
export const ProfileSelect = memo(function ProfileSelect() {
  const sessionId = useChatSession()
  const profile = useView((view) => view.profile)
  const backends = useAppStore((state) => state.backends)
  const doctor = useAppStore((state) => state.doctor)
  const activeId = useAppStore((state) => state.activeProfileId)
  const chosenId = useDraftStore((state) => state.newChat.profileId)
  const known = sessionId === null && backends.some((backend) => backend.profile.id === chosenId)
  const currentId = profile?.profileId ?? (known ? chosenId : activeId)
  const current = backends.find((backend) => backend.profile.id === currentId)
  const name = (current && displayName(current.profile)) ?? profile?.profileName ?? 'Choose a backend'
  const model = profile?.model || (current && modelOf(current)) || ''
  // A chat keeps the model that it has: where its profile names another one by now, choosing the profile again takes that.
  const isBehind = Boolean(current && profile?.model && modelOf(current) && profile.model !== modelOf(current))
  return (
    <Select
      label="Backend profile"
      className="pick profile-pick"
      value={isBehind ? null : (current?.profile.id ?? null)}
      options={backends.map((backend) => {
        const state = backendLine(backend, doctor[backend.profile.id])
        const itsModel = modelOf(backend)
        return {
          value: backend.profile.id,
          label: displayName(backend.profile),
          hint: [itsModel && shortModel(itsModel), state.text].filter(Boolean).join(' · '),
          mark: <span className={`dot ${state.tone}`} aria-hidden="true" />,
        }
      })}
      onChange={(profileId) => {
        if (isBehind || profileId !== currentId) void chooseProfile(sessionId, profileId)
      }}
    >
      {current && (
        <span className={`dot ${backendLine(current, doctor[current.profile.id]).tone}`} aria-hidden="true" />
      )}
      <span className="cut ink">
        {name}
        {model && <span className="hide-s"> · {shortModel(model)}</span>}
      </span>
    </Select>
  )
})

/** The demo has no model to name. */
function modelOf(backend: BackendStatus): string {
  if (backend.profile.kind === 'demo') return ''
  return chosenModel(backend) ?? backend.profile.model
}

/** Without the maker: "Qwen/Qwen3-Coder-30B" is known by what stands behind the slash. */
function shortModel(model: string): string {
  return model.split('/').at(-1) ?? model
}
