import type { Profile } from '#shared/profile/profile.ts'
import { ChoiceField, TextField } from '../ui/form-field.tsx'
import type { FieldsProps } from './fields-props.ts'
import type { KeySource } from './profile-form.ts'

const keySources: readonly { value: KeySource; label: string }[] = [
  { value: 'none', label: 'The server needs none' },
  { value: 'keychain', label: 'In the system keychain' },
  { value: 'env', label: 'In an environment variable' },
  { value: 'file', label: 'In a file' },
]

/** Where the key is. A stored key is never shown again; a new one replaces it. */
export function KeyFields(props: FieldsProps & { original: Profile | null; keychain: boolean }) {
  const { fields, problems, change, leave, original, keychain } = props
  const stored = original?.key.source === fields.keySource
  const keyBox = fields.keySource === 'keychain' || fields.keySource === 'file'
  return (
    <>
      <ChoiceField
        label="Key"
        name="keySource"
        hint={keychain ? undefined : 'This computer has no keychain that can be used.'}
        value={fields.keySource}
        options={keySources.filter(
          ({ value }) => value !== 'keychain' || keychain || original?.key.source === 'keychain',
        )}
        onChange={(keySource) => change({ keySource })}
      />
      {keyBox && (
        <TextField
          label={stored ? 'New key' : 'The key'}
          name="newKey"
          secret
          mono
          problem={problems.newKey}
          hint={
            stored
              ? 'One is stored. Leave this empty to keep it.'
              : fields.keySource === 'keychain'
                ? 'It goes to the keychain and never comes back into this window.'
                : undefined
          }
          placeholder={stored ? '••••••••' : ''}
          value={fields.newKey}
          onChange={(newKey) => change({ newKey })}
          onLeave={() => leave('newKey')}
        />
      )}
      {fields.keySource === 'env' && (
        <TextField
          label="Name of the variable"
          name="keyVariable"
          mono
          problem={problems.keyVariable}
          hint="It is read when Claw starts; the key itself is not stored."
          value={fields.keyVariable}
          onChange={(keyVariable) => change({ keyVariable })}
          onLeave={() => leave('keyVariable')}
        />
      )}
      {fields.keySource === 'file' && (
        <div className="wide-field form-consent">
          <label className="row top">
            <input
              type="checkbox"
              checked={fields.fileConsent}
              aria-invalid={problems.fileConsent ? true : undefined}
              aria-describedby="file-consent-line"
              onChange={(event) => change({ fileConsent: event.target.checked })}
            />
            <span>Yes, keep this key in a file</span>
          </label>
          <div id="file-consent-line" className="xs ink2">
            {problems.fileConsent && <p className="c-danger">{problems.fileConsent}</p>}
            The file is in the data folder with mode 0600: every program that runs as you, and everyone who has your
            backups, can read the key. A keychain or an environment variable protects it better.
          </div>
        </div>
      )}
    </>
  )
}
