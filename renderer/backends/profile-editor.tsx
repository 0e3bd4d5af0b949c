import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Failure } from '#shared/failure.ts'
import { presets } from '#shared/profile/presets.ts'
import type { BackendKind, ModelInfo, Profile } from '#shared/profile/profile.ts'
import { request } from '../bridge/bridge.ts'
import { useAppStore } from '../stores/app-store.ts'
import { ProblemBox } from '../ui/failure-box.tsx'
import { ChoiceField, TextField } from '../ui/form-field.tsx'
import { AdvancedFields } from './advanced-fields.tsx'
import type { FieldsProps } from './fields-props.ts'
import { focusHeading } from './focus-heading.ts'
import { KeyFields } from './key-fields.tsx'
import { ModelField } from './model-field.tsx'
import { useProbe } from './probe.ts'
import { ProbeLine } from './probe-line.tsx'
import { draftOf, dropDraft, editOf, keepDraft } from './profile-drafts.ts'
import {
  type FieldName,
  fieldsFromPreset,
  fieldsFromProfile,
  type Problems,
  type ProfileFields,
  readForm,
  schemeHint,
} from './profile-form.ts'

const keyBoxes: ReadonlySet<string> = new Set<FieldName>(['newKey', 'keyVariable', 'fileConsent'])

/** The form of a profile, new or saved. Nothing that was typed is lost by a refusal. */
export function ProfileEditor(props: {
  kind: BackendKind
  original: Profile | null
  focusKey?: boolean
  onSaved: (id: string) => void
  onCancel: () => void
}) {
  const { original } = props
  const backends = useAppStore((state) => state.backends)
  const keychain = useAppStore((state) => state.environment.keychain)
  const others = backends.filter(({ profile }) => profile.id !== original?.id).map(({ profile }) => profile)
  const takenNames = others.map(({ name }) => name)
  const about = original ? editOf(original.id) : `add ${props.kind}`
  const [fields, setFields] = useState<ProfileFields>(
    () => draftOf(about) ?? startFields(props.kind, original, takenNames, keychain),
  )
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set())
  const [tried, setTried] = useState(false)
  const [saving, setSaving] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const form = useRef<HTMLFormElement>(null)

  const result = readForm(fields, { original, takenIds: others.map(({ id }) => id), takenNames, keychain })
  const all: Problems = result.ok ? {} : result.problems
  const problems: Problems = Object.fromEntries(Object.entries(all).filter(([name]) => left.has(name)))
  const probe = useProbe({
    baseUrl: fields.baseUrl,
    key: fields.keySource === 'keychain' || fields.keySource === 'file' ? fields.newKey : '',
    ...(original && { profileId: original.id }),
  })
  const parts: FieldsProps = {
    fields,
    problems,
    change: (change) => {
      const next = { ...fields, ...change }
      keepDraft(about, next)
      setFields(next)
      setChanged((known) => new Set([...known, ...Object.keys(change)]))
      // The boxes of another place for the key are new to the person: nothing in them is wrong yet.
      if ('keySource' in change) setLeft((known) => new Set([...known].filter((name) => !keyBoxes.has(name))))
    },
    // A box that was only walked through is not wrong yet.
    leave: (name) => changed.has(name) && setLeft((known) => new Set(known).add(name)),
  }

  useEffect(() => {
    const field = (name: FieldName) => form.current?.querySelector<HTMLElement>(`[data-field="${name}"]`)
    if (props.focusKey) (field('newKey') ?? field('keySource'))?.focus()
  }, [props.focusKey])
  // After a refusal the first field that is wrong takes the focus, once it is drawn as such.
  useEffect(() => {
    if (tried) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tried])

  const discard = () => {
    dropDraft(about)
    props.onCancel()
  }
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (!result.ok) {
      setLeft(new Set(Object.keys(all)))
      setTried(false)
      requestAnimationFrame(() => setTried(true))
      return
    }
    setSaving(true)
    const reply = await request('profile.save', result.input)
    setSaving(false)
    if (reply.ok) {
      dropDraft(about)
      // Its outcome comes by the feed.
      void request('profile.check', { profileId: reply.value.profile.id })
      props.onSaved(reply.value.profile.id)
    } else setFailure(reply.failure)
  }

  return (
    <form ref={form} className="stack g4" noValidate onSubmit={(event) => void save(event)}>
      <h2 className="strong split-name" tabIndex={-1} ref={props.focusKey ? undefined : focusHeading}>
        {original ? `Edit ${original.name}` : `Add ${addedName(props.kind)}`}
      </h2>
      {failure && <ProblemBox failure={failure} />}
      <div className="card form-card">
        <TextField
          label="Name"
          name="name"
          problem={problems.name}
          value={fields.name}
          onChange={(name) => parts.change({ name })}
          onLeave={() => parts.leave('name')}
        />
        <ChoiceField
          label="Kind"
          name="kind"
          hint={presetOf(fields.kind)?.tagline}
          value={fields.kind}
          options={presets.map(({ kind, name }) => ({ value: kind, label: name }))}
          onChange={(kind) => parts.change(changeKind(fields, kind))}
        />
        <TextField
          label="Base URL"
          name="baseUrl"
          mono
          inputMode="url"
          problem={problems.baseUrl}
          hint={schemeHint(fields.baseUrl) ?? 'Up to and with /v1, where the server has it.'}
          value={fields.baseUrl}
          onChange={(baseUrl) => parts.change({ baseUrl })}
          onLeave={() => parts.leave('baseUrl')}
        />
        <ModelField {...parts} models={probe.models} />
        <KeyFields {...parts} original={original} keychain={keychain} />
        <div className="wide-field">
          <ProbeLine probe={probe} baseUrl={fields.baseUrl} />
        </div>
      </div>
      <AdvancedFields
        {...parts}
        known={modelOf(probe.models, fields.model)}
        others={others.filter(({ kind }) => kind !== 'demo')}
      />
      {tried && !result.ok && (
        <p className="xs ink2" role="alert">
          {Object.keys(all).length === 1
            ? 'One field needs a change'
            : `${Object.keys(all).length} fields need a change`}{' '}
          before this can be saved.
        </p>
      )}
      <div className="row form-acts">
        <button type="submit" className="btn primary" disabled={saving}>
          {original ? 'Save changes' : 'Save backend'}
        </button>
        <button type="button" className="btn" onClick={discard}>
          {original ? 'Discard changes' : 'Back'}
        </button>
      </div>
    </form>
  )
}

/** What the server says of the model in the form; an empty name stands for the first one. */
function modelOf(models: readonly ModelInfo[], wanted: string): ModelInfo | undefined {
  return wanted.trim() === '' ? models[0] : models.find(({ id }) => id === wanted.trim())
}

/** In the middle of a sentence: names keep their letters, "Another server" is no name. */
function addedName(kind: BackendKind): string {
  const name = presetOf(kind)?.name ?? 'a backend'
  return kind === 'custom' ? name.charAt(0).toLowerCase() + name.slice(1) : name
}

function presetOf(kind: BackendKind) {
  return presets.find((preset) => preset.kind === kind)
}

function startFields(
  kind: BackendKind,
  original: Profile | null,
  takenNames: readonly string[],
  keychain: boolean,
): ProfileFields {
  if (original) return fieldsFromProfile(original)
  const preset = presetOf(kind)
  if (!preset) throw new Error(`There is no preset for ${kind}.`)
  return fieldsFromPreset(kind === 'custom' ? { ...preset, baseUrl: '' } : preset, takenNames, keychain)
}

/** Another kind brings its own address and model, unless the person wrote their own. */
function changeKind(fields: ProfileFields, kind: BackendKind): Partial<ProfileFields> {
  const before = presetOf(fields.kind)
  const after = presetOf(kind)
  return {
    kind,
    ...(after && fields.baseUrl === before?.baseUrl && { baseUrl: after.baseUrl }),
    ...(after && fields.model === before?.model && { model: after.model }),
  }
}
