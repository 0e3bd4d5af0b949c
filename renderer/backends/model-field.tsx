import { type KeyboardEvent, useId, useState } from 'react'
import { counted } from '#shared/lib/counted.ts'
import type { ModelInfo, Profile } from '#shared/profile/profile.ts'
import { isUnlisted, tokens } from '../lib/backend-state.ts'
import { FormField } from '../ui/form-field.tsx'
import type { FieldsProps } from './fields-props.ts'

/** More are found by typing. */
const SHOWN = 100

/**
 * A model by name: from the list of the server, or any other text. Its own list box, because that of the library
 * hides the rest of the form from readers while it is open, and here it opens by itself.
 */
export function ModelField(props: FieldsProps & { models: readonly ModelInfo[] }) {
  const { fields, models, change } = props
  const list = useId()
  const [open, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const [active, setActive] = useState(-1)
  const found = models.filter(({ id }) => id.toLowerCase().includes(search.toLowerCase())).slice(0, SHOWN)
  const shown = open && found.length > 0

  const show = () => {
    setSearch('')
    setActive(-1)
    setOpen(true)
  }
  const choose = (model: string) => {
    change({ model })
    setOpen(false)
  }
  const keyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const chosen = found[active]
    if (event.key === 'ArrowDown' && !shown) show()
    else if (event.key === 'ArrowDown') setActive((active + 1) % found.length)
    else if (event.key === 'ArrowUp' && shown) setActive(active <= 0 ? found.length - 1 : active - 1)
    else if (event.key === 'Enter' && shown && chosen) choose(chosen.id)
    else if (event.key === 'Escape' && shown) setOpen(false)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <FormField label="Model" problem={props.problems.model} hint={modelHint(fields, models)}>
      {(ids) => (
        <div className="model-box">
          <span className="field">
            <input
              {...ids}
              className="mono"
              role="combobox"
              aria-autocomplete="list"
              aria-expanded={shown}
              aria-controls={shown ? list : undefined}
              aria-activedescendant={shown && active >= 0 ? `${list}-${active}` : undefined}
              autoComplete="off"
              spellCheck={false}
              data-field="model"
              value={fields.model}
              onChange={(event) => {
                change({ model: event.target.value })
                setSearch(event.target.value)
                setActive(-1)
                setOpen(true)
              }}
              onClick={show}
              onBlur={() => setOpen(false)}
              onKeyDown={keyDown}
            />
          </span>
          {shown && (
            <div className="popup model-list" data-open="" id={list} role="listbox" aria-label="Models of the server">
              {found.map((model, index) => (
                <div
                  key={model.id}
                  id={`${list}-${index}`}
                  className="popup-item"
                  role="option"
                  tabIndex={-1}
                  aria-selected={model.id === fields.model}
                  data-highlighted={index === active || undefined}
                  ref={index === active ? scrollHere : undefined}
                  // Before the blur of the box closes the list.
                  onPointerDown={(event) => {
                    event.preventDefault()
                    choose(model.id)
                  }}
                  onPointerMove={() => setActive(index)}
                >
                  <span className="mono cut">{model.id}</span>
                  <span className="xs ink3 end nowrap">
                    {model.contextWindow === null ? '' : `${tokens(model.contextWindow)} tokens`}
                  </span>
                </div>
              ))}
            </div>
          )}
        </div>
      )}
    </FormField>
  )
}

function modelHint(fields: Pick<Profile, 'model'>, models: readonly ModelInfo[]): string {
  if (models.length === 0) return 'Empty takes the first one that the server lists.'
  const isListed = fields.model.trim() === '' || !isUnlisted(fields.model.trim(), models)
  return isListed
    ? `${models.length} from the server; empty takes the first one.`
    : `The server lists ${counted(models.length, 'model')}, and this is none of them.`
}

function scrollHere(option: HTMLElement | null): void {
  option?.scrollIntoView({ block: 'nearest' })
}
