import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { Circle, CircleCheck, Key } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { Failure, Reply } from '#shared/failure.ts'
import type { RequestInput } from '#shared/feed/requests.ts'
import { presets } from '#shared/profile/presets.ts'
import type { BackendKind } from '#shared/profile/profile.ts'
import { presetNote } from '../backends/preset-note.ts'
import { useProbe } from '../backends/probe.ts'
import { ProbeLine } from '../backends/probe-line.tsx'
import { schemeHint } from '../backends/profile-form.ts'
import { useAppStore } from '../stores/app-store.ts'
import { ProblemBox } from '../ui/failure-box.tsx'
import { Icon } from '../ui/icon.tsx'
import { FirstStep } from './first-step.tsx'
import { canUse } from './found-server.ts'
import { presetOf, readSetup, type Setup, setKind } from './setup.ts'

const cards: readonly BackendKind[] = ['vllm', 'ollama', 'litellm', 'openrouter']
const others: readonly { kind: BackendKind; label: string }[] = [
  { kind: 'llama-server', label: 'llama-server' },
  { kind: 'lm-studio', label: 'LM Studio' },
  { kind: 'custom', label: 'another URL' },
]

/** Sets up a backend by hand: its kind, its command, where it is, its key. */
export function SetupForm(props: {
  setup: Setup
  onChange: (setup: Setup) => void
  onSave: (input: RequestInput<'profile.save'>) => Promise<Reply<unknown>>
}) {
  const { setup } = props
  const keychain = useAppStore((state) => state.environment.keychain)
  const backends = useAppStore((state) => state.backends)
  // One primary button a view: a server that only waits for a click comes first.
  const found = useAppStore((state) => state.discovery.servers.some(canUse))
  const [tried, setTried] = useState(false)
  const [saving, setSaving] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const probe = useProbe({ baseUrl: setup.baseUrl, key: setup.key })
  const result = readSetup(
    setup,
    probe.models,
    backends.map(({ profile }) => profile),
    keychain,
  )
  const problems = tried && !result.ok ? result.problems : {}
  const silent = tried && result.ok && probe.state !== 'answers'
  const change = (part: Partial<Setup>) => {
    setTried(false)
    props.onChange({ ...setup, ...part })
  }
  const choose = (kind: BackendKind) => {
    setTried(false)
    props.onChange(setKind(setup, kind))
  }

  const save = async (event: FormEvent, anyway: boolean) => {
    event.preventDefault()
    setTried(true)
    if (!result.ok || (probe.state !== 'answers' && !anyway)) return
    setSaving(true)
    const reply = await props.onSave(result.input)
    setSaving(false)
    setFailure(reply.ok ? null : reply.failure)
  }

  return (
    <section className="stack g2" aria-labelledby="setup-title">
      <h2 className="med" id="setup-title">
        Or set one up
      </h2>
      <RadioGroup
        className="grid c4 kinds"
        aria-label="Kind of backend"
        value={setup.kind}
        onValueChange={(kind: BackendKind) => choose(kind)}
      >
        {presets
          .filter(({ kind }) => cards.includes(kind))
          .map((preset) => (
            <Radio.Root
              key={preset.kind}
              value={preset.kind}
              nativeButton
              className="card kind"
              render={<button type="button" />}
            >
              <span className="row">
                <span className="med">{preset.name}</span>
                <Icon
                  of={setup.kind === preset.kind ? CircleCheck : Circle}
                  className={`end ${setup.kind === preset.kind ? 'c-accent' : 'ink3'}`}
                />
              </span>
              <span className="xs ink2">{preset.tagline}</span>
              <span className="xs ink3">{presetNote(preset)}</span>
            </Radio.Root>
          ))}
      </RadioGroup>
      <form className="card" noValidate onSubmit={(event) => void save(event, false)}>
        <div className="stack g3 setup-steps">
          <FirstStep kind={setup.kind} />
          <div className="stack g2">
            <span className="row">
              {setup.kind !== 'custom' && <span className="step">2</span>}
              <span>{secondStep(setup.kind)}</span>
            </span>
            <div className="row setup-address">
              <label className={`field grow${problems.baseUrl ? ' bad' : ''}`}>
                <span className="sr">Base URL</span>
                <input
                  className="mono"
                  inputMode="url"
                  autoComplete="off"
                  spellCheck={false}
                  placeholder={presetOf(setup.kind).baseUrl}
                  aria-invalid={problems.baseUrl ? true : undefined}
                  aria-describedby="setup-problem"
                  value={setup.baseUrl}
                  onChange={(event) => change({ baseUrl: event.target.value })}
                />
              </label>
              <label className={`field soft setup-key${problems.newKey ? ' bad' : ''}`}>
                <Icon of={Key} small className="ink3" />
                <span className="sr">{keyLabel(setup.kind)}</span>
                <input
                  id="setup-key"
                  type="password"
                  autoComplete="off"
                  placeholder={keyLabel(setup.kind)}
                  aria-invalid={problems.newKey ? true : undefined}
                  aria-describedby="setup-problem"
                  value={setup.key}
                  onChange={(event) => change({ key: event.target.value })}
                />
              </label>
            </div>
            {setup.key !== '' && !keychain && (
              <label className="row top xs ink2 setup-consent">
                <input
                  type="checkbox"
                  checked={setup.fileConsent}
                  aria-invalid={problems.fileConsent ? true : undefined}
                  onChange={(event) => change({ fileConsent: event.target.checked })}
                />
                <span>
                  Keep the key in a file. This computer has no keychain that can be used; the file has mode 0600, so
                  every program that runs as you can read it.
                </span>
              </label>
            )}
            {!problems.baseUrl && schemeHint(setup.baseUrl) && <p className="xs ink2">{schemeHint(setup.baseUrl)}</p>}
            <p id="setup-problem" className="xs c-danger" role="alert">
              {problems.baseUrl ?? problems.newKey ?? problems.fileConsent ?? problems.name}
            </p>
          </div>
          {failure && <ProblemBox failure={failure} />}
          <div className="row setup-state">
            <ProbeLine probe={probe} baseUrl={setup.baseUrl} />
            <button type="submit" className={`btn end${found ? '' : ' primary'}`} disabled={saving}>
              Save and start
            </button>
          </div>
          {silent && (
            <p className="row xs ink2 setup-anyway" role="alert">
              {probe.state === 'idle' || probe.state === 'asking'
                ? 'The server is still being asked.'
                : 'It cannot answer yet. It can be saved as it is, and used once it answers.'}
              <button type="button" className="link xs" onClick={(event) => void save(event, true)}>
                Save anyway
              </button>
            </p>
          )}
        </div>
      </form>
      <div className="row xs ink2 setup-others">
        Something else?
        {others.map(({ kind, label }, index) => (
          <span key={kind} className="row">
            {index > 0 && (
              <span className="sep" aria-hidden="true">
                ·
              </span>
            )}
            <button type="button" className="link xs" aria-pressed={setup.kind === kind} onClick={() => choose(kind)}>
              {label}
            </button>
          </span>
        ))}
      </div>
    </section>
  )
}

function secondStep(kind: BackendKind): string {
  switch (kind) {
    case 'openrouter':
      return 'Paste it here'
    case 'custom':
      return 'Tell Claw where the server is, up to and with /v1'
    default:
      return 'Tell Claw where it is'
  }
}

function keyLabel(kind: BackendKind): string {
  return kind === 'openrouter' ? 'Key' : 'Key, if it has one'
}
