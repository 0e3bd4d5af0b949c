import { ChevronLeft, Folder } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Failure } from '#shared/failure.ts'
import { permissionTiers, tierOf } from '#shared/policy/permission-tiers.ts'
import type { FolderConflict } from '#shared/run/background.ts'
import { chooseFolder } from '../stores/actions.ts'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { startRun } from '../stores/run-actions.ts'
import { ProblemBox } from '../ui/failure-box.tsx'
import { ChoiceField, FormField, TextField } from '../ui/form-field.tsx'
import { Icon } from '../ui/icon.tsx'
import { useUnsafeQuestion } from '../ui/unsafe-question.tsx'
import { readTask, type TaskFields, type TaskProblems } from './new-task-form.ts'
import { SharedFolder } from './shared-folder.tsx'

const noProblems: TaskProblems = {}
const limits = [
  { name: 'tokens', label: 'Tokens', inputMode: 'numeric' },
  { name: 'dollars', label: 'Dollars', inputMode: 'decimal' },
  { name: 'minutes', label: 'Minutes', inputMode: 'numeric' },
] as const
/** What was typed outlives a look at another page. */
let draft: Partial<TaskFields> = {}

/** A task that goes on without the window. */
export function NewTask(props: { onBack: () => void }) {
  const backends = useAppStore((state) => state.backends)
  const activeId = useAppStore((state) => state.activeProfileId)
  const proposed = useAppStore(({ settings }) => settings.permissions)
  const proposedFolder = useAppStore(({ environment, settings }) => environment.startFolder ?? settings.lastFolder)
  const hasTray = useAppStore(({ environment }) => environment.tray === true)
  const [fields, setFields] = useState<TaskFields>(() => ({
    prompt: '',
    folder: proposedFolder ?? '',
    tokens: '',
    dollars: '',
    minutes: '',
    verify: '',
    ...draft,
  }))
  const [profileId, setProfileId] = useState(activeId ?? '')
  const [tier, setTier] = useState(() => tierOf(proposed)?.id ?? 'ask')
  const [tried, setTried] = useState(false)
  const [starting, setStarting] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [conflict, setConflict] = useState<FolderConflict | null>(null)
  const [chooseTier, unsafeQuestion] = useUnsafeQuestion('this task', ({ id }) => setTier(id))
  const form = useRef<HTMLFormElement>(null)
  const prompt = useRef<HTMLTextAreaElement>(null)
  useEffect(() => prompt.current?.focus(), [])
  // After a refusal the first field that is wrong takes the focus, once it is drawn as such.
  useEffect(() => {
    if (tried) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tried])

  const task = readTask(fields)
  const problems = tried && !task.ok ? task.problems : noProblems
  const change = (name: keyof TaskFields) => (value: string) => {
    draft = { ...draft, [name]: value }
    setFields((known) => ({ ...known, [name]: value }))
    if (name === 'folder') setConflict(null)
  }
  /** Who works in the folder already is told first; then the person says where. */
  const start = async (where: 'ask' | 'folder' | 'worktree') => {
    const profile = findBackend(backends, profileId)?.profile
    if (!task.ok || !profile) {
      setTried(false)
      requestAnimationFrame(() => setTried(true))
      return
    }
    const run = {
      prompt: task.prompt,
      cwd: task.folder,
      profileId: profile.id,
      permissions: permissionTiers.find(({ id }) => id === tier)?.permissions ?? proposed,
      limits: task.limits,
      ...(task.verify && { verify: task.verify }),
      worktree: where === 'worktree',
    }
    setStarting(true)
    const { conflict: found, failure: refused } = await startRun(run, where === 'ask')
    setStarting(false)
    setConflict(found)
    setFailure(refused)
    if (!found && !refused) draft = {}
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void start('ask')
  }
  return (
    <form ref={form} className="stack g4" noValidate onSubmit={submit}>
      <button type="button" className="link xs split-back" onClick={props.onBack}>
        <Icon of={ChevronLeft} small />
        All runs
      </button>
      <h2 className="strong split-name">New task</h2>
      {failure && <ProblemBox failure={failure} />}
      <div className="card form-card">
        <FormField label="Task" wide problem={problems.prompt} hint="It works on its own, and asks where it may not.">
          {(ids) => (
            <textarea
              {...ids}
              ref={prompt}
              className={`form-json task-prompt${problems.prompt ? ' bad' : ''}`}
              rows={4}
              placeholder="What should be done?"
              value={fields.prompt}
              onChange={(event) => change('prompt')(event.target.value)}
            />
          )}
        </FormField>
        <FormField label="Folder" wide problem={problems.folder}>
          {(ids) => (
            <span className="row">
              <span className={`field grow${problems.folder ? ' bad' : ''}`}>
                <input
                  {...ids}
                  className="mono"
                  spellCheck={false}
                  value={fields.folder}
                  onChange={(event) => change('folder')(event.target.value)}
                />
              </span>
              <button
                type="button"
                className="btn"
                onClick={() => void chooseFolder().then((folder) => folder && change('folder')(folder))}
              >
                <Icon of={Folder} small />
                Choose…
              </button>
            </span>
          )}
        </FormField>
        <ChoiceField
          label="Backend"
          name="profile"
          value={profileId}
          options={backends.map(({ profile }) => ({ value: profile.id as string, label: profile.name }))}
          onChange={setProfileId}
        />
        <ChoiceField
          label="It may"
          name="permissions"
          hint={`What it may not do by itself waits for you, ${hasTray ? 'here and in the tray' : 'here'}.`}
          value={tier}
          options={permissionTiers.map(({ id, label }) => ({ value: id, label }))}
          onChange={(id) => {
            const chosen = permissionTiers.find((one) => one.id === id)
            if (chosen) chooseTier(chosen)
          }}
        />
        {unsafeQuestion}
        <FormField
          label="Verify with"
          wide
          problem={problems.verify}
          hint="Commands, one a line: it is done when they pass. Empty takes those of the backend and the folder."
        >
          {(ids) => (
            <textarea
              {...ids}
              className={`form-json mono${problems.verify ? ' bad' : ''}`}
              rows={2}
              spellCheck={false}
              placeholder="npm test"
              value={fields.verify}
              onChange={(event) => change('verify')(event.target.value)}
            />
          )}
        </FormField>
      </div>
      <fieldset className="card form-card form-group task-limits">
        <legend>Limits of this task</legend>
        {limits.map(({ name, label, inputMode }) => (
          <TextField
            key={name}
            label={label}
            name={name}
            inputMode={inputMode}
            placeholder="no limit of its own"
            problem={problems[name]}
            value={fields[name]}
            onChange={change(name)}
          />
        ))}
      </fieldset>
      {conflict ? (
        <SharedFolder
          conflict={conflict}
          disabled={starting}
          onStart={(where) => void start(where)}
          onBack={() => setConflict(null)}
        />
      ) : (
        <div className="row form-acts">
          <button type="submit" className="btn primary" disabled={starting}>
            Start task
          </button>
          <button type="button" className="btn" onClick={props.onBack}>
            Cancel
          </button>
        </div>
      )}
    </form>
  )
}
