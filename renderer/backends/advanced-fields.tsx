import { ChevronDown, ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { FormField, TextField } from './form-field.tsx'
import type { FieldsProps } from './profile-editor.tsx'
import type { FieldName, ProfileFields } from './profile-form.ts'

const advanced: readonly FieldName[] = [
  'contextWindow',
  'maxOutputTokens',
  'temperature',
  'inputCost',
  'outputCost',
  'headers',
  'extraBody',
]

/** What most servers say by themselves. Open from the start where something is set, and where something is wrong. */
export function AdvancedFields(props: FieldsProps) {
  const { fields, problems, change, leave } = props
  const [wanted, setWanted] = useState(() => advanced.some((name) => fields[name] !== '') || fields.plainHttp)
  const open = wanted || advanced.some((name) => problems[name])
  const body = useId()
  const text = (name: FieldName & keyof ProfileFields, more: { label: string; hint: string; decimal?: boolean }) => (
    <TextField
      label={more.label}
      name={name}
      inputMode={more.decimal ? 'decimal' : 'numeric'}
      problem={problems[name]}
      hint={more.hint}
      value={String(fields[name])}
      onChange={(value) => change({ [name]: value })}
      onLeave={() => leave(name)}
    />
  )
  return (
    <section className="stack g3" aria-label="Advanced">
      <button
        type="button"
        className="btn quiet form-more"
        aria-expanded={open}
        aria-controls={body}
        onClick={() => setWanted(!open)}
      >
        <Icon of={open ? ChevronDown : ChevronRight} small />
        Advanced
      </button>
      {open && (
        <div className="card form-card" id={body}>
          {text('contextWindow', { label: 'Context window', hint: 'Tokens. Empty takes what the server says.' })}
          {text('maxOutputTokens', { label: 'Longest answer', hint: 'Tokens. Empty leaves it to the server.' })}
          {text('temperature', { label: 'Temperature', hint: '0 to 2. Empty leaves it to the server.', decimal: true })}
          <div className="form-field">
            <label className="row form-check">
              <input
                type="checkbox"
                checked={fields.plainHttp}
                aria-describedby="plain-http-line"
                onChange={(event) => change({ plainHttp: event.target.checked })}
              />
              <span className="med">Plain http</span>
            </label>
            <p id="plain-http-line" className="xs ink3">
              Otherwise http becomes https, except on this computer and in private networks.
            </p>
          </div>
          {text('inputCost', { label: 'Price of input', hint: 'Dollars per million tokens.', decimal: true })}
          {text('outputCost', { label: 'Price of output', hint: 'Dollars per million tokens.', decimal: true })}
          <JsonField
            {...props}
            name="headers"
            label="Extra headers"
            hint="A JSON object of texts. They are kept in the settings file as they are: no keys here."
            placeholder='{"X-Team": "tools"}'
          />
          <JsonField
            {...props}
            name="extraBody"
            label="Extra request fields"
            hint="A JSON object that is added to every request."
            placeholder='{"top_k": 20}'
          />
        </div>
      )}
    </section>
  )
}

function JsonField(
  props: FieldsProps & { name: 'headers' | 'extraBody'; label: string; hint: string; placeholder: string },
) {
  const { name } = props
  const value = props.fields[name]
  return (
    <FormField label={props.label} hint={props.hint} problem={props.problems[name]} wide>
      {(ids) => (
        <textarea
          {...ids}
          className={`mono form-json${props.problems[name] ? ' bad' : ''}`}
          rows={Math.min(10, Math.max(2, value.split('\n').length))}
          spellCheck={false}
          placeholder={props.placeholder}
          value={value}
          onChange={(event) => props.change({ [name]: event.target.value })}
          onBlur={() => props.leave(name)}
        />
      )}
    </FormField>
  )
}
