import { ChevronLeft, Pencil } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import type { Failure } from '#shared/failure.ts'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import { counted } from '#shared/lib/counted.ts'
import { DEMO_LABEL } from '#shared/profile/presets.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { request } from '../bridge/bridge.ts'
import { keyWords, learnedWords, tokens } from '../lib/backend-state.ts'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { FailureBox, ProblemBox } from '../ui/failure-box.tsx'
import { Icon } from '../ui/icon.tsx'
import { displayName } from './display-name.ts'
import { DoctorButton, DoctorResult, useDoctorTest } from './doctor-test.tsx'
import { ModelsTable } from './models-table.tsx'
import { draftOf, editOf } from './profile-drafts.ts'

const ConfirmDialog = lazy(async () => ({ default: (await import('../ui/confirm-dialog.tsx')).ConfirmDialog }))

/** One profile: where it is, what to do about it, and the models of its server. */
export function BackendDetails(props: {
  backend: BackendStatus
  isDefault: boolean
  onEdit: (focusKey: boolean) => void
  onRemoved: () => void
  onBack: () => void
}) {
  const { backend, isDefault } = props
  const { profile, reach } = backend
  const demo = profile.kind === 'demo'
  const hasReal = useAppStore(({ backends }) => backends.some((one) => one.profile.kind !== 'demo'))
  const [problem, setProblem] = useState<Failure | null>(null)
  const [removing, setRemoving] = useState(false)
  const heading = useFocusOnChange(profile.id)
  const unsaved = draftOf(editOf(profile.id)) !== undefined
  const test = useDoctorTest(backend, setProblem)

  const run = async (asked: Promise<{ ok: true } | { ok: false; failure: Failure }>) => {
    const reply = await asked
    setProblem(reply.ok ? null : reply.failure)
    return reply.ok
  }
  /** The button goes with what it did: the focus stays with the profile. */
  const makeDefault = async () => {
    if (await run(request('profile.use', { profileId: profile.id }))) heading.current?.focus()
  }
  const check = () => void run(request('profile.check', { profileId: profile.id }))

  return (
    <>
      <div className="row top details-head">
        <div className="stack grow">
          <button type="button" className="link xs split-back" onClick={props.onBack}>
            <Icon of={ChevronLeft} small />
            All backends
          </button>
          <div className="row">
            <h2 className="strong split-name" ref={heading} tabIndex={-1}>
              {displayName(profile)}
            </h2>
            {isDefault && <span className="badge">default</span>}
            {backend.origin === 'environment' && <span className="badge info">from the environment</span>}
            {demo && <span className="badge warn">{DEMO_LABEL}</span>}
          </div>
          {!demo && <Facts profile={profile} />}
        </div>
        <div className="row details-acts">
          {backend.origin === 'saved' && (
            <>
              <button type="button" className="btn quiet" onClick={() => setRemoving(true)}>
                Remove…
              </button>
              <button type="button" className="btn quiet" onClick={() => props.onEdit(false)}>
                <Icon of={Pencil} small />
                {unsaved ? 'Go on editing' : 'Edit'}
              </button>
            </>
          )}
          {!isDefault && !(demo && hasReal) && (
            <button type="button" className="btn" onClick={() => void makeDefault()}>
              Make default
            </button>
          )}
          {!demo && <DoctorButton test={test} />}
        </div>
      </div>
      <p className="sr" role="status">
        {test.words || (reach === 'checking' ? 'Asking the server' : reach === 'ready' ? 'The server answers' : '')}
      </p>
      {problem && <ProblemBox failure={problem} />}
      {unsaved && <p className="xs c-warn">What you changed in this profile is not saved yet, and does not count.</p>}
      {reach === 'failed' && backend.failure && !test.explains && (
        <FailureBox
          profile={profile}
          failure={backend.failure}
          editable={backend.origin === 'saved'}
          onCheck={check}
          onEdit={props.onEdit}
        />
      )}
      {!demo && <DoctorResult backend={backend} test={test} onEditKey={() => props.onEdit(true)} />}
      {backend.origin === 'environment' && (
        <p className="ink2">
          It is made from <code>OPENAI_BASE_URL</code>, <code>OPENAI_API_KEY</code> and <code>OPENAI_MODEL</code> and
          wins while they are set. Change it where they are set, then start Claw again.
        </p>
      )}
      {demo ? (
        <p className="ink2">
          It answers from a script inside the app and walks through reading, editing and approving in your folder. It
          has no model, needs no server and costs nothing.
        </p>
      ) : (
        <ModelsTable backend={backend} onProblem={setProblem} />
      )}
      <Suspense>
        {removing && (
          <ConfirmDialog
            title={`Remove ${profile.name}?`}
            confirm="Remove backend"
            cancel="Keep it"
            onConfirm={() => {
              void run(request('profile.remove', { profileId: profile.id })).then((gone) => gone && props.onRemoved())
            }}
            onClose={() => setRemoving(false)}
          >
            Its settings and its stored key are deleted from this computer. Sessions that used it stay and can go on
            with another backend.
          </ConfirmDialog>
        )}
      </Suspense>
    </>
  )
}

function Facts({ profile }: { profile: Profile }) {
  const fallback = useAppStore(({ backends }) => findBackend(backends, profile.fallbackProfileId ?? null)?.profile)
  const learned = learnedWords(profile)
  return (
    <div className="row xs ink3 details-facts">
      <span className="mono">{profile.baseUrl}</span>
      <span>{keyWords(profile)}</span>
      {profile.contextWindow !== undefined && <span>window of {tokens(profile.contextWindow)} tokens</span>}
      {profile.slots !== undefined && <span>{counted(profile.slots, 'slot')}</span>}
      {profile.vision && <span>sees images</span>}
      {profile.caFile !== undefined && <span>own CA file</span>}
      {fallback && <span>stand-in: {fallback.name}</span>}
      {profile.plainHttp && <span>plain http allowed</span>}
      {learned && <span>{learned}</span>}
    </div>
  )
}

/** A choice in the list moves the focus to what it opened, and so does the end of the form; the page itself does not. */
function useFocusOnChange(id: string) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const { activeElement } = document
    if (activeElement === document.body || activeElement?.closest('.split-list')) heading.current?.focus()
    // The details are drawn anew for each profile; `id` says what this is about.
    void id
  }, [id])
  return heading
}
