import { ChevronDown, ChevronRight } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import type { ModelInfo } from '#shared/profile/profile.ts'
import { ChoiceField, FormField, TextField } from '../ui/form-field.tsx'
import { Icon } from '../ui/icon.tsx'
import type { FieldsProps } from './fields-props.ts'
import { ON, optionNames } from './option-fields.ts'

/** The fields of this part that are set where they are not empty: all but the box for plain http. */
const advanced = [...optionNames, 'fallback'] as const
type AdvancedName = (typeof advanced)[number]

interface AdvancedProps extends FieldsProps {
  /** The profiles that may stand in for this one. */
  others: readonly { id: string; name: string }[]
  /** What the server says of the chosen model: it stands where a box is empty. */
  known: ModelInfo | undefined
}

/** What most servers say by themselves. Open from the start where something is set, and where something is wrong. */
export function AdvancedFields(props: AdvancedProps) {
  const { fields, problems } = props
  const [wanted, setWanted] = useState(() => advanced.some((name) => fields[name] !== '') || fields.plainHttp)
  const open = wanted || advanced.some((name) => problems[name])
  const body = useId()
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
        <div className="stack g3" id={body}>
          <AnswerGroup {...props} />
          <PriceGroup {...props} />
          <TimeGroup {...props} />
          <ConnectionGroup {...props} />
        </div>
      )}
    </section>
  )
}

function AnswerGroup(props: AdvancedProps) {
  const { fields } = props
  return (
    <Group title="Window and answers">
      <Text {...props} name="contextWindow" label="Context window" hint="Tokens. Empty takes what the server says." />
      <Text {...props} name="maxOutputTokens" label="Longest answer" hint="Tokens. Empty leaves it to the server." />
      <Text {...props} name="temperature" label="Temperature" hint="0 to 2. Empty leaves it to the server." decimal />
      <Text {...props} name="topP" label="Top p" hint="Above 0, up to 1. Empty leaves it to the server." decimal />
      <Text {...props} name="seed" label="Seed" hint="A whole number makes answers repeatable where the server can." />
      <Text
        {...props}
        name="slots"
        label="Answers at once"
        hint="Side by side. Empty takes what the server says, else 4 for vLLM and 1 for Ollama."
      />
      <Check
        label="Sees images"
        hint="Otherwise the model is told of an image in words."
        checked={fields.vision === ON}
        onChange={(on) => props.change({ vision: on ? ON : '' })}
      />
      <Area
        {...props}
        name="sampling"
        label="Sampling fields"
        hint="A JSON object of numbers, as the server names them: top_k, min_p, repetition_penalty, presence_penalty."
        placeholder='{"top_k": 20, "min_p": 0.05}'
      />
      <Area
        {...props}
        name="stop"
        label="Stop texts"
        hint="One a line; the answer ends before any of them. \n stands for a line break."
        placeholder=""
      />
      <Area
        {...props}
        name="verify"
        label="Verify with"
        hint="Commands, one a line, that must pass before its work counts as done. A failed one goes back to the model."
        placeholder="npm test"
      />
      {(fields.kind === 'openrouter' || fields.provider !== '') && (
        <Area
          {...props}
          name="provider"
          label="Provider routing"
          hint="A JSON object for OpenRouter: order, only, ignore, allow_fallbacks, data_collection, zdr, sort, max_price."
          placeholder='{"order": ["deepinfra"], "data_collection": "deny"}'
        />
      )}
    </Group>
  )
}

function PriceGroup(props: AdvancedProps) {
  return (
    <Group title="Prices, in dollars per million tokens">
      <Text {...props} name="inputCost" label="Price of input" hint="Empty takes what the server lists." decimal />
      <Text {...props} name="outputCost" label="Price of output" hint="Empty takes what the server lists." decimal />
      <Text
        {...props}
        name="cachedInputCost"
        label="Price of cached input"
        hint="Empty counts it as other input."
        decimal
      />
    </Group>
  )
}

function TimeGroup(props: AdvancedProps) {
  return (
    <Group title="How long to wait, in seconds">
      <Text {...props} name="connectTime" label="To connect" hint="Empty waits 10." decimal />
      <Text
        {...props}
        name="firstByteTime"
        label="To the first piece of an answer"
        hint="Loading the model and reading the prompt count. Empty waits 600 for a server of your own, else 120."
        decimal
      />
      <Text
        {...props}
        name="idleTime"
        label="Between two pieces"
        hint="Empty waits 300 for a server of your own, else 120."
        decimal
      />
      <Text {...props} name="wholeTime" label="For a whole answer" hint="Empty waits as long as it takes." decimal />
      <Text
        {...props}
        name="approvalTime"
        label="For your answer, in the background"
        hint="A run in the background that needs an approval ends after that. Empty waits 1800."
        decimal
      />
    </Group>
  )
}

function ConnectionGroup(props: AdvancedProps) {
  const { fields, others, change } = props
  return (
    <Group title="Connection">
      <Check
        label="Plain http"
        hint="Otherwise http becomes https, except on this computer and in private networks."
        checked={fields.plainHttp}
        onChange={(plainHttp) => change({ plainHttp })}
      />
      <ChoiceField
        label="Stand-in"
        name="fallback"
        hint="Offered when this backend does not answer; nothing is sent there before you say yes."
        value={others.some(({ id }) => id === fields.fallback) ? fields.fallback : ''}
        options={[{ value: '', label: 'None' }, ...others.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(fallback) => change({ fallback })}
      />
      <Text
        {...props}
        name="caFile"
        label="CA file"
        hint="The full path of a PEM file, for a server whose certificate your own authority signed."
        path
      />
      <Area
        {...props}
        name="headers"
        label="Extra headers"
        hint="A JSON object of texts. They are kept in the settings file as they are: no keys here."
        placeholder='{"X-Team": "tools"}'
      />
      <Area
        {...props}
        name="extraBody"
        label="Extra request fields"
        hint="A JSON object that is added to every request."
        placeholder='{"chat_template_kwargs": {"enable_thinking": false}}'
      />
    </Group>
  )
}

function Group(props: { title: string; children: ReactNode }) {
  return (
    <fieldset className="card form-card form-group">
      <legend className="med">{props.title}</legend>
      {props.children}
    </fieldset>
  )
}

function Check(props: { label: string; hint: string; checked: boolean; onChange(checked: boolean): void }) {
  const hint = useId()
  return (
    <div className="form-field">
      <label className="row form-check">
        <input
          type="checkbox"
          checked={props.checked}
          aria-describedby={hint}
          onChange={(event) => props.onChange(event.target.checked)}
        />
        <span className="med">{props.label}</span>
      </label>
      <p id={hint} className="xs ink3">
        {props.hint}
      </p>
    </div>
  )
}

/** Which boxes the server can fill. */
const listed = {
  contextWindow: 'contextWindow',
  maxOutputTokens: 'maxOutputTokens',
  inputCost: 'inputCostPerMillion',
  outputCost: 'outputCostPerMillion',
  cachedInputCost: 'cachedInputCostPerMillion',
} as const satisfies Partial<Record<AdvancedName, keyof ModelInfo>>

function placeholderOf(name: AdvancedName, known: ModelInfo | undefined): string {
  const said = known && name in listed ? known[listed[name as keyof typeof listed]] : undefined
  return said === undefined || said === null ? '' : String(said)
}

function Text(
  props: AdvancedProps & { name: AdvancedName; label: string; hint: string; decimal?: boolean; path?: boolean },
) {
  const { name, label, hint } = props
  return (
    <TextField
      label={label}
      name={name}
      {...(props.path ? { mono: true } : { inputMode: props.decimal ? 'decimal' : 'numeric' })}
      problem={props.problems[name]}
      hint={hint}
      placeholder={placeholderOf(name, props.known)}
      value={props.fields[name]}
      onChange={(value) => props.change({ [name]: value })}
      onLeave={() => props.leave(name)}
    />
  )
}

function Area(props: FieldsProps & { name: AdvancedName; label: string; hint: string; placeholder: string }) {
  const { name } = props
  const value = props.fields[name]
  return (
    <FormField label={props.label} hint={props.hint} problem={props.problems[name]} wide>
      {(ids) => (
        <textarea
          {...ids}
          data-field={name}
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
