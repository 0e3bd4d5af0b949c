import { Plus } from 'lucide-react'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import { hostOf, type Tone } from '../lib/backend-state.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'
import { displayName } from './display-name.ts'
import { backendLine } from './doctor-line.ts'

/** The profiles in the order of main, each with its dot and a few words. */
export function BackendList(props: {
  backends: readonly BackendStatus[]
  selectedId: string | null
  activeProfileId: string | null
  hiddenWhenNarrow: boolean
  onSelect: (id: string) => void
  onAdd: () => void
}) {
  const keychain = useAppStore((state) => state.environment.keychain)
  const doctor = useAppStore((state) => state.doctor)
  return (
    <section
      className="split-list backends-list"
      data-narrow-off={props.hiddenWhenNarrow || undefined}
      aria-label="Profiles"
    >
      <ul>
        {props.backends.map((backend) => {
          const { profile } = backend
          const { tone, text } = backendLine(backend, doctor[profile.id])
          return (
            <li key={profile.id}>
              <a
                className="prof"
                href={`#${profile.id}`}
                aria-current={profile.id === props.selectedId ? 'true' : undefined}
                onClick={(event) => {
                  event.preventDefault()
                  props.onSelect(profile.id)
                }}
              >
                <span className={`dot ${tone}`} aria-hidden="true" />
                <span className="med cut">{displayName(profile)}</span>
                <span>{profile.id === props.activeProfileId && <span className="badge">default</span>}</span>
                <span className="n2 row">
                  <span className={`nowrap ${toneClass[tone]}`}>{text}</span>
                  <span className="sep" aria-hidden="true">
                    ·
                  </span>
                  <span className="cut ink3">
                    {backend.origin === 'environment'
                      ? 'from the environment'
                      : profile.kind === 'demo'
                        ? 'inside the app'
                        : hostOf(profile.baseUrl)}
                  </span>
                </span>
              </a>
            </li>
          )
        })}
      </ul>
      <div className="backends-add">
        <button type="button" className="btn" onClick={props.onAdd}>
          <Icon of={Plus} small />
          Add a backend
        </button>
      </div>
      <p className="xs ink3 backends-hint">
        {keychain
          ? 'Keys stay in the system keychain. Only the host of the chosen profile gets yours.'
          : 'This computer has no keychain that can be used: keys come from the environment, or from a file where you allow it.'}
      </p>
    </section>
  )
}

const toneClass: Record<Tone, string> = { ok: '', warn: 'c-warn', danger: 'c-danger', off: '' }
