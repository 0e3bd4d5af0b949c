import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { BudgetScope, LimitName, Standing } from '#shared/limits/budget.ts'
import { limitWords, scopeNames } from '../lib/limits.ts'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { setLimit } from './budget-actions.ts'
import { LimitForm } from './limit-form.tsx'
import { editHint, groupName, limitFor, limitNames, scopes, usedOf } from './limit-status.ts'
import { readLimit } from './limit-values.ts'

/** No profile has this id. */
const EVERYTHING = '*'

/** A new limit: over what, of whom, on what, how much. One that is there already is said, and would be replaced. */
export function AddLimit(props: { limits: readonly Standing[]; onClose: (said: string) => void }) {
  const backends = useAppStore((state) => state.backends)
  const [proposed] = useState(() => proposal(props.limits))
  const [scope, setScope] = useState(proposed.scope)
  const [profile, setProfile] = useState(EVERYTHING)
  const [limit, setLimitName] = useState(proposed.limit)
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  const [problem, setProblem] = useState('')
  const first = useRef<HTMLSelectElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  useEffect(() => first.current?.focus(), [])

  const profileId = findBackend(backends, profile)?.profile.id ?? null
  const existing = limitFor(props.limits, scope, limit, profileId)
  // Select the number, not the group of numbers: a run that streams must not draw this anew for each call.
  const used = useAppStore(({ spending: { today, month } }) =>
    scope === 'day' ? usedOf(today, limit) : scope === 'month' ? usedOf(month, limit) : null,
  )
  const read = readLimit(limit, text)
  const wrong = !read.ok && (tried || text !== '') ? read.problem : ''
  const hint =
    wrong ||
    (existing
      ? 'There is such a limit already; this replaces it.'
      : read.ok
        ? editHint({ name: limit, used: profileId === null ? used : null }, read.value).text
        : '')
  const save = async () => {
    setTried(true)
    if (!read.ok) {
      field.current?.focus()
      return
    }
    const failure = await setLimit({ scope, profileId }, limit, read.value)
    if (failure) setProblem(failure)
    else props.onClose(`${groupName({ scope, profileId }, findBackend(backends, profile)?.profile.name ?? '')}: saved.`)
  }
  return (
    <LimitForm
      label="New limit"
      className="lim-edit lim-add"
      problem={problem}
      problemClass="xs c-danger lim-hint"
      onSave={save}
      onCancel={() => props.onClose('')}
    >
      <Choice label="Counted over">
        <select ref={first} value={scope} onChange={({ target }) => setScope(pick(scopes, target.value))}>
          {scopes.map((one) => (
            <option key={one} value={one}>
              {scopeNames[one]}
            </option>
          ))}
        </select>
      </Choice>
      <Choice label="Of">
        <select value={profile} onChange={({ target }) => setProfile(target.value)}>
          <option value={EVERYTHING}>everything</option>
          {backends.map(({ profile: { id: one, name } }) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
      </Choice>
      <Choice label="Limit on">
        <select value={limit} onChange={({ target }) => setLimitName(pick(limitNames, target.value))}>
          {limitNames.map((one) => (
            <option key={one} value={one}>
              {limitWords[one]}
            </option>
          ))}
        </select>
      </Choice>
      <div className="lim-choice">
        <label className="xs ink2" htmlFor={id}>
          At most
        </label>
        <span className={`field${wrong ? ' bad' : ''}`}>
          {limit === 'costUsd' && <span className="ink3">$</span>}
          <input
            ref={field}
            id={id}
            inputMode={limit === 'costUsd' ? 'decimal' : 'text'}
            autoComplete="off"
            spellCheck={false}
            aria-describedby={hint ? `${id}-hint` : undefined}
            aria-invalid={wrong ? true : undefined}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </span>
      </div>
      {hint && (
        <p id={`${id}-hint`} className={`xs lim-hint ${wrong ? 'c-danger' : 'ink2'}`}>
          {hint}
        </p>
      )}
    </LimitForm>
  )
}

function Choice(props: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="lim-choice">
      <span className="xs ink2">{props.label}</span>
      <span className="field">{props.children}</span>
    </label>
  )
}

const proposals: readonly { scope: BudgetScope; limit: LimitName }[] = [
  { scope: 'day', limit: 'costUsd' },
  { scope: 'month', limit: 'costUsd' },
  { scope: 'session', limit: 'totalTokens' },
  { scope: 'day', limit: 'totalTokens' },
]

/** The first of the usual limits that is not there yet. */
function proposal(limits: readonly Standing[]): { scope: BudgetScope; limit: LimitName } {
  return (
    proposals.find(({ scope, limit }) => !limitFor(limits, scope, limit, null)) ?? { scope: 'run', limit: 'wallTime' }
  )
}

function pick<Value extends string>(values: readonly Value[], wanted: string): Value {
  const found = values.find((value) => value === wanted)
  if (found === undefined) throw new Error(`There is no choice "${wanted}".`)
  return found
}
