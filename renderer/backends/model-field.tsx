import { Autocomplete } from '@base-ui/react/autocomplete'
import { CSPProvider } from '@base-ui/react/csp-provider'
import type { ModelInfo } from '#shared/profile.ts'
import { tokens } from './backend-state.ts'
import { FormField } from './form-field.tsx'
import type { FieldsProps } from './profile-editor.tsx'

/** A model by name: from the list of the server, or any other text. */
export function ModelField(props: FieldsProps & { models: readonly ModelInfo[] }) {
  const { fields, models, change } = props
  const known = new Map(models.map((model) => [model.id, model]))
  return (
    <FormField
      label="Model"
      problem={props.problems.model}
      hint={
        models.length > 0
          ? `${models.length} from the server; empty takes the first one.`
          : 'Empty takes the first one that the server lists.'
      }
    >
      {(ids) => (
        <CSPProvider disableStyleElements>
          <Autocomplete.Root
            items={models.map(({ id }) => id)}
            value={fields.model}
            onValueChange={(model) => change({ model })}
            openOnInputClick
          >
            <Autocomplete.InputGroup className="field">
              <Autocomplete.Input {...ids} className="mono" spellCheck={false} data-field="model" />
            </Autocomplete.InputGroup>
            {models.length > 0 && (
              <Autocomplete.Portal>
                <Autocomplete.Positioner className="popup-position" sideOffset={4}>
                  <Autocomplete.Popup className="popup">
                    <Autocomplete.List>
                      {(id: string) => (
                        <Autocomplete.Item key={id} value={id} className="popup-item">
                          <span className="mono cut">{id}</span>
                          <span className="xs ink3 end nowrap">{windowWords(known.get(id))}</span>
                        </Autocomplete.Item>
                      )}
                    </Autocomplete.List>
                  </Autocomplete.Popup>
                </Autocomplete.Positioner>
              </Autocomplete.Portal>
            )}
          </Autocomplete.Root>
        </CSPProvider>
      )}
    </FormField>
  )
}

function windowWords(model: ModelInfo | undefined): string {
  return model?.contextWindow ? `${tokens(model.contextWindow)} tokens` : ''
}
