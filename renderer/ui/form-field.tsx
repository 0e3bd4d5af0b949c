import { type ReactNode, useId } from 'react'

interface FieldIds {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

/** A label, its box, and one line below: what is wrong, or else the hint. */
export function FormField(props: {
  label: string
  hint?: ReactNode
  problem: string | undefined
  wide?: boolean
  children: (ids: FieldIds) => ReactNode
}) {
  const id = useId()
  const line = props.problem ?? props.hint
  return (
    <div className={`form-field${props.wide ? ' wide-field' : ''}`}>
      <label className="med" htmlFor={id}>
        {props.label}
      </label>
      {props.children({
        id,
        'aria-describedby': line ? `${id}-line` : undefined,
        'aria-invalid': props.problem ? true : undefined,
      })}
      {line && (
        <p id={`${id}-line`} className={`xs ${props.problem ? 'c-danger' : 'ink3'}`}>
          {line}
        </p>
      )}
    </div>
  )
}

/** The usual box: one line of text. */
export function TextField(props: {
  label: string
  hint?: ReactNode
  problem: string | undefined
  value: string
  onChange: (value: string) => void
  onLeave?: () => void
  mono?: boolean
  secret?: boolean
  placeholder?: string
  inputMode?: 'numeric' | 'decimal' | 'url'
  name: string
}) {
  return (
    <FormField label={props.label} hint={props.hint} problem={props.problem}>
      {(ids) => (
        <span className={`field${props.problem ? ' bad' : ''}`}>
          <input
            {...ids}
            data-field={props.name}
            className={props.mono ? 'mono' : undefined}
            type={props.secret ? 'password' : 'text'}
            // Password managers are for people's own pages; a key goes into the keychain by the app itself.
            autoComplete="off"
            spellCheck={false}
            inputMode={props.inputMode}
            placeholder={props.placeholder}
            value={props.value}
            onChange={(event) => props.onChange(event.target.value)}
            onBlur={props.onLeave}
          />
        </span>
      )}
    </FormField>
  )
}

/** One of a few, in the system's own list. */
export function ChoiceField<Value extends string>(props: {
  label: string
  hint?: ReactNode
  value: Value
  options: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
  name: string
}) {
  return (
    <FormField label={props.label} hint={props.hint} problem={undefined}>
      {(ids) => (
        <span className="field">
          <select
            {...ids}
            data-field={props.name}
            value={props.value}
            onChange={(event) => {
              const chosen = props.options.find(({ value }) => value === event.target.value)
              if (chosen) props.onChange(chosen.value)
            }}
          >
            {props.options.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </span>
      )}
    </FormField>
  )
}
