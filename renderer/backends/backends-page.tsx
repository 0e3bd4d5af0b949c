import { RotateCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import { counted } from '#shared/lib/counted.ts'
import type { BackendKind } from '#shared/profile/profile.ts'
import { request } from '../bridge/bridge.ts'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { BackendDetails } from './backend-details.tsx'
import { BackendList } from './backend-list.tsx'
import { takeAskedKey } from './backend-place.ts'
import { attentionCount } from './doctor-line.ts'
import { PresetPicker } from './preset-picker.tsx'
import { ProfileEditor } from './profile-editor.tsx'
import { ProfileFiles } from './profile-files.tsx'
import './backends.css'

/** What the right side shows. In a narrow window list and right side are two steps. */
type Shown =
  | { step: 'list' }
  | { step: 'details'; id: string }
  | { step: 'edit'; id: string; focusKey: boolean }
  | { step: 'pick' }
  | { step: 'add'; kind: BackendKind }

/** Where a person was when they went to another page: a form that is half filled is before them again. */
let left: Shown = { step: 'list' }

/** Whoever was sent here to set a key has its field before them; a profile of the environment has none. */
function firstStep(): Shown {
  const id = takeAskedKey()
  const backend = findBackend(useAppStore.getState().backends, id)
  if (!backend) {
    const isGone =
      (left.step === 'edit' || left.step === 'details') && !findBackend(useAppStore.getState().backends, left.id)
    return isGone ? { step: 'list' } : left
  }
  return backend.origin === 'saved'
    ? { step: 'edit', id: backend.profile.id, focusKey: true }
    : { step: 'details', id: backend.profile.id }
}

export default function BackendsPage() {
  const backends = useAppStore((state) => state.backends)
  const activeProfileId = useAppStore((state) => state.activeProfileId)
  const [shown, setShown] = useState<Shown>(firstStep)
  useEffect(() => {
    left = shown
  }, [shown])
  const [said, setSaid] = useState('')
  const attention = useAppStore(attentionCount)
  const selected =
    findBackend(backends, shown.step === 'details' || shown.step === 'edit' ? shown.id : activeProfileId) ??
    findBackend(backends, activeProfileId) ??
    backends[0]
  const adding = shown.step === 'pick' || shown.step === 'add'
  const showDetails = (id: string) => setShown({ step: 'details', id })

  return (
    <>
      <header className="bar split-bar">
        <PageTitle>Backends</PageTitle>
        <span className="ink3 hide-s">
          {counted(backends.length, 'profile')}
          {attention > 0 && `, ${attention} ${attention === 1 ? 'needs' : 'need'} attention`}
        </span>
        <span className="end" />
        <ProfileFiles exportable={backends.some(({ origin }) => origin === 'saved')} onSaid={setSaid} />
        <button type="button" className="btn" onClick={() => checkAll(backends)}>
          <Icon of={RotateCw} small />
          Check all
        </button>
      </header>
      <p className={said ? 'files-said xs ink2' : 'sr'} role="status">
        {said}
      </p>
      <div className="split backends-split">
        <BackendList
          backends={backends}
          selectedId={adding ? null : (selected?.profile.id ?? null)}
          activeProfileId={activeProfileId}
          hiddenWhenNarrow={shown.step !== 'list'}
          onSelect={showDetails}
          onAdd={() => setShown({ step: 'pick' })}
        />
        <section
          className="split-detail"
          data-narrow-off={shown.step === 'list' || undefined}
          aria-label={adding ? 'Add a backend' : 'Profile'}
        >
          <div className="split-inner">
            {shown.step === 'pick' && (
              <PresetPicker
                onPick={(kind) => setShown({ step: 'add', kind })}
                onBack={() => setShown({ step: 'list' })}
              />
            )}
            {shown.step === 'add' && (
              <ProfileEditor
                key={shown.kind}
                kind={shown.kind}
                original={null}
                onSaved={showDetails}
                onCancel={() => setShown({ step: 'pick' })}
              />
            )}
            {shown.step === 'edit' && selected && (
              <ProfileEditor
                key={selected.profile.id}
                kind={selected.profile.kind}
                original={selected.profile}
                focusKey={shown.focusKey}
                onSaved={showDetails}
                onCancel={() => showDetails(selected.profile.id)}
              />
            )}
            {(shown.step === 'list' || shown.step === 'details') && selected && (
              <BackendDetails
                key={selected.profile.id}
                backend={selected}
                isDefault={selected.profile.id === activeProfileId}
                onEdit={(focusKey) => setShown({ step: 'edit', id: selected.profile.id, focusKey })}
                onRemoved={() => setShown({ step: 'list' })}
                onBack={() => setShown({ step: 'list' })}
              />
            )}
          </div>
        </section>
      </div>
    </>
  )
}

function checkAll(backends: readonly BackendStatus[]): void {
  for (const { profile } of backends) {
    // Its outcome comes by the feed.
    if (profile.kind !== 'demo') void request('profile.check', { profileId: profile.id })
  }
}
