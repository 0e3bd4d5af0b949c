import { type Preset, presets } from '#shared/profile/presets.ts'
import type { BackendKind, ModelInfo, Profile } from '#shared/profile/profile.ts'
import { type FormResult, fieldsFromPreset, readForm } from '../backends/profile-form.ts'

/** The short form of the first run; the rest of a profile comes from its preset. */
export interface Setup {
  kind: BackendKind
  baseUrl: string
  key: string
  fileConsent: boolean
}

export const emptySetup: Setup = { kind: 'vllm', baseUrl: addressOf('vllm'), key: '', fileConsent: false }

/** Another kind brings its own address, unless the person wrote one. */
export function setKind(setup: Setup, kind: BackendKind): Setup {
  const untouched = setup.baseUrl === addressOf(setup.kind)
  return { ...setup, kind, baseUrl: untouched ? addressOf(kind) : setup.baseUrl }
}

/** What *Save and start* saves. `models`: those that the server listed, for the choice of one. */
export function readSetup(
  setup: Setup,
  models: readonly ModelInfo[],
  existing: readonly Profile[],
  keychain: boolean,
): FormResult {
  const preset = presetOf(setup.kind)
  const takenNames = existing.map(({ name }) => name)
  const listed = models.some(({ id }) => id === preset.model) || models.length === 0
  const keySource = setup.key.trim() === '' && setup.kind !== 'openrouter' ? 'none' : keychain ? 'keychain' : 'file'
  const result = readForm(
    {
      ...fieldsFromPreset(preset, takenNames, keychain),
      baseUrl: setup.baseUrl,
      model: listed ? preset.model : (models[0]?.id ?? ''),
      keySource,
      newKey: setup.key,
      fileConsent: setup.fileConsent,
    },
    { original: null, takenIds: existing.map(({ id }) => id), takenNames, keychain },
  )
  if (result.ok || setup.kind !== 'openrouter' || setup.key.trim() !== '') return result
  return { ok: false, problems: { ...result.problems, newKey: 'OpenRouter needs a key. Get one and paste it here.' } }
}

/** What a person starts from with this kind of server. */
export function presetOf(kind: BackendKind): Preset {
  const preset = presets.find((one) => one.kind === kind)
  if (!preset) throw new Error(`There is no preset for ${kind}.`)
  return preset
}

/** Of another server nobody knows where it is. */
function addressOf(kind: BackendKind): string {
  return kind === 'custom' ? '' : presetOf(kind).baseUrl
}
