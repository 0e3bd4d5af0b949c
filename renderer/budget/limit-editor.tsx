import { Trash2 } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import type { Standing } from '#shared/limits/budget.ts'
import { limitWords } from '../lib/limits.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { setLimit } from './budget-actions.ts'
import { LimitForm } from './limit-form.tsx'
import { editHint, type LimitGroup } from './limit-status.ts'
import { fieldText, readLimit } from './limit-values.ts'

/**
 * The row of a limit while it is edited: a field for each of its limits, one tick, one cross. Enter saves, Escape leaves
 * it as it was. `onClose` gets what to say of it.
 */
export function LimitEditor(props: { group: LimitGroup; name: string; onClose: (said: string) => void }) {
  const { group, name } = props
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(group.limits.map(({ name: kind, allowed }) => [kind, fieldText(kind, allowed)])),
  )
  const [problem, setProblem] = useState('')
  const [saving, setSaving] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector('input')?.select(), [])

  const textOf = ({ name: kind, allowed }: Standing) => texts[kind] ?? fieldText(kind, allowed)
  const save = async () => {
    if (saving) return
    const typed = group.limits.map((status) => ({ status, read: readLimit(status.name, textOf(status)) }))
    const wrong = typed.findIndex(({ read }) => !read.ok)
    if (wrong >= 0) {
      form.current?.querySelectorAll('input')[wrong]?.focus()
      return
    }
    setSaving(true)
    for (const { status, read } of typed) {
      if (!read.ok || read.value === status.allowed) continue
      const failure = await setLimit(status, status.name, read.value)
      if (failure) {
        setProblem(failure)
        setSaving(false)
        return
      }
    }
    props.onClose(`${name}: saved.`)
  }
  const remove = async (status: Standing) => {
    const failure = await setLimit(status, status.name, null)
    if (failure) setProblem(failure)
    else if (group.limits.length === 1) props.onClose(`${name} is removed.`)
    else form.current?.querySelector('input')?.focus()
  }
  return (
    <LimitForm
      label={name}
      className="lim-edit"
      ref={form}
      problem={problem}
      problemClass="xs c-danger"
      saving={saving}
      onSave={save}
      onCancel={() => props.onClose('')}
    >
      {group.limits.map((status, index) => (
        <LimitField
          key={status.name}
          name={name}
          status={status}
          text={textOf(status)}
          first={index === 0}
          onChange={(text) => setTexts({ ...texts, [status.name]: text })}
          onRemove={() => void remove(status)}
        />
      ))}
    </LimitForm>
  )
}

function LimitField(props: {
  name: string
  status: Standing
  text: string
  first: boolean
  onChange: (text: string) => void
  onRemove: () => void
}) {
  const { status, text } = props
  const { name: limit } = status
  const id = useId()
  const read = readLimit(limit, text)
  const hint = read.ok ? editHint(status, read.value) : { text: read.problem, tone: 'danger' }
  return (
    <div className="lim-field">
      <div className="stack">
        {props.first && <label htmlFor={id}>{props.name}</label>}
        <span id={`${id}-hint`} className={`xs ${tones[hint.tone]}`}>
          {hint.text}
        </span>
      </div>
      <span className="row lim-box">
        <span className={`field${read.ok ? '' : ' bad'}`}>
          {limit === 'costUsd' && <span className="ink3">$</span>}
          <input
            id={id}
            aria-label={`${props.name}, ${limitWords[limit]}`}
            inputMode={limit === 'costUsd' ? 'decimal' : 'text'}
            autoComplete="off"
            spellCheck={false}
            aria-describedby={`${id}-hint`}
            aria-invalid={!read.ok || undefined}
            value={text}
            onChange={(event) => props.onChange(event.target.value)}
          />
        </span>
        <IconButton icon={Trash2} small label={`Remove the limit on ${limitWords[limit]}`} onClick={props.onRemove} />
      </span>
    </div>
  )
}

const tones: Readonly<Record<string, string>> = { calm: 'ink3', warn: 'c-warn', danger: 'c-danger' }
