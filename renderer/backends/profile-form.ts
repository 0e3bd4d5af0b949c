import type { RequestInput } from '#shared/feed/requests.ts'
import type { BackendKind, Profile } from '#shared/profile/profile.ts'
import { KeyReference, Profile as ProfileSchema } from '#shared/profile/profile.ts'
import { FieldProblem } from '../lib/read-field.ts'
import { type OptionName, type OtherMember, optionFields, optionNames } from './option-fields.ts'

export type KeySource = KeyReference['source']

/** What stands in the boxes, as text, so that a half-written number is never lost. */
export interface ProfileFields extends Record<OptionName, string> {
  name: string
  kind: BackendKind
  baseUrl: string
  model: string
  keySource: KeySource
  /** Only what was just typed; a stored key never comes here. */
  newKey: string
  keyVariable: string
  /** "Yes, write the key into a file." */
  fileConsent: boolean
  plainHttp: boolean
  /** The id of a profile; empty = none. */
  fallback: string
}

export type FieldName = keyof ProfileFields
/** One sentence for each field that cannot be saved as it is. */
export type Problems = Partial<Record<FieldName, string>>

export interface FormContext {
  /** The profile that is edited, null for a new one. */
  original: Profile | null
  takenIds: readonly string[]
  /** The names of the other profiles. */
  takenNames: readonly string[]
  keychain: boolean
}

export type FormResult = { ok: true; input: RequestInput<'profile.save'> } | { ok: false; problems: Problems }

/** The starting point of the form from a preset. `takenNames`: a second vLLM is called "vLLM 2". */
export function fieldsFromPreset(
  preset: { kind: BackendKind; name: string; baseUrl: string; model: string; needsKey: boolean },
  takenNames: readonly string[],
  keychain: boolean,
): ProfileFields {
  return {
    ...emptyFields,
    name: freeName(preset.name, takenNames),
    kind: preset.kind,
    baseUrl: preset.baseUrl,
    model: preset.model,
    keySource: preset.needsKey ? (keychain ? 'keychain' : 'env') : 'none',
    contextWindow: preset.kind === 'ollama' ? String(OLLAMA_WINDOW) : '',
  }
}

export function fieldsFromProfile(profile: Profile): ProfileFields {
  return {
    ...emptyFields,
    name: profile.name,
    kind: profile.kind,
    baseUrl: profile.baseUrl,
    model: profile.model,
    keySource: profile.key.source,
    keyVariable: profile.key.source === 'env' ? profile.key.name : emptyFields.keyVariable,
    fileConsent: profile.key.source === 'file',
    plainHttp: profile.plainHttp ?? false,
    ...ofOptions((name) => optionFields[name].show(profile)),
    fallback: profile.fallbackProfileId ?? '',
  }
}

/** Reads the form: what `profile.save` takes, or one sentence for each field that is not right. Does not throw. */
export function readForm(fields: ProfileFields, context: FormContext): FormResult {
  const problems: Problems = {}
  const readField = <T>(name: FieldName, read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error
      problems[name] = error.message
      return undefined
    }
  }
  const { original } = context
  const storedHere = original !== null && original.key.source === fields.keySource
  const profile = {
    id: original?.id ?? freeId(fields.name, context.takenIds),
    name: readField('name', () => readName(fields.name, context.takenNames)),
    kind: fields.kind,
    baseUrl: readField('baseUrl', () => readBaseUrl(fields.baseUrl)),
    model: fields.model.trim(),
    key: readField(fields.keySource === 'env' ? 'keyVariable' : 'newKey', () =>
      readKey(fields, storedHere, context.keychain),
    ),
    plainHttp: fields.plainHttp || undefined,
    // Few servers have one; the terminal sets it.
    reasoningCostPerMillion: original?.reasoningCostPerMillion,
    // What the doctor learned; it knows itself which address and model it is about.
    compat: original?.compat,
    fallbackProfileId: fields.fallback && context.takenIds.includes(fields.fallback) ? fields.fallback : undefined,
  } satisfies { [Member in OtherMember]: unknown }
  const options: Partial<Profile> = {}
  for (const name of optionNames) {
    const { timeouts, ...read } = readField(name, () => optionFields[name].read(fields[name])) ?? {}
    Object.assign(options, read)
    if (timeouts) options.timeouts = { ...options.timeouts, ...timeouts }
  }
  if (fields.keySource === 'file' && !fields.fileConsent)
    problems.fileConsent = 'Say yes to the file, or choose another place for the key.'
  if (Object.keys(problems).length > 0) return { ok: false, problems }

  const storage = fields.keySource === 'keychain' || fields.keySource === 'file' ? fields.keySource : undefined
  return {
    ok: true,
    input: {
      profile: ProfileSchema.parse(
        withoutUndefined({ ...profile, ...options, timeouts: noneOf({ ...options.timeouts }) }),
      ),
      ...(storage && fields.newKey !== '' && { key: fields.newKey.trim(), storage }),
    },
  }
}

/** What Claw asks an Ollama for: its own default is 4,096 tokens, too few for a coding agent (docs/servers.md, Ollama). */
export const OLLAMA_WINDOW = 32_768

const emptyFields: Omit<ProfileFields, 'name' | 'kind' | 'baseUrl' | 'model'> = {
  keySource: 'none',
  newKey: '',
  keyVariable: 'OPENAI_API_KEY',
  fileConsent: false,
  plainHttp: false,
  fallback: '',
  ...ofOptions(() => ''),
}

function readName(value: string, taken: readonly string[]): string {
  const name = value.trim()
  if (name === '') throw new FieldProblem('Give the backend a name to know it by.')
  if (name.length > 60) throw new FieldProblem(`A name has at most 60 characters, this one has ${name.length}.`)
  if (taken.some((other) => other.toLowerCase() === name.toLowerCase()))
    throw new FieldProblem(`There already is a backend called ${name}; choose another name.`)
  return name
}

/** Also for the first-run page. Throws `FieldProblem`, whose message is for the person. */
function readBaseUrl(value: string): string {
  const trimmed = value.trim()
  if (trimmed === '') throw new FieldProblem('Write where the server is, such as http://127.0.0.1:8000/v1.')
  if (!/^https?:\/\//i.test(trimmed)) throw new FieldProblem('Start the URL with http:// or https://.')
  if (!URL.canParse(trimmed)) throw new FieldProblem('This is not a URL; it should look like http://127.0.0.1:8000/v1.')
  const url = new URL(trimmed)
  if (url.username !== '' || url.password !== '')
    throw new FieldProblem('Take the user and password out of the URL; a key goes into the key field.')
  if (url.search !== '' || url.hash !== '')
    throw new FieldProblem('Take what follows ? or # out of the URL; requests add their own path to it.')
  if (trimmed.length > 2000) throw new FieldProblem('This URL is longer than 2,000 characters.')
  return trimmed.replace(/\/+$/, '')
}

/** What is said below an address while it is typed; null = nothing is missing so far. */
export function schemeHint(value: string): string | null {
  const typed = value.trim().toLowerCase()
  const begins = ['http://', 'https://'].some((scheme) => typed.startsWith(scheme) || scheme.startsWith(typed))
  return begins
    ? null
    : `It begins with http:// or https://, such as http://${typed.replace(/^\w*:?\/+/, '') || 'host'}`
}

/** What is wrong with an address; null = it is right. */
export function baseUrlProblem(value: string): string | null {
  try {
    readBaseUrl(value)
    return null
  } catch (error) {
    if (error instanceof FieldProblem) return error.message
    throw error
  }
}

function readKey(fields: ProfileFields, storedHere: boolean, keychain: boolean): KeyReference {
  switch (fields.keySource) {
    case 'none':
      return { source: 'none' }
    case 'env': {
      const reference = KeyReference.safeParse({ source: 'env', name: fields.keyVariable.trim() })
      if (!reference.success)
        throw new FieldProblem('Name an environment variable, in letters, digits and _, such as OPENAI_API_KEY.')
      return reference.data
    }
    case 'keychain':
    case 'file':
      if (fields.keySource === 'keychain' && !keychain && !storedHere)
        throw new FieldProblem('This computer has no keychain that can be used; choose another place for the key.')
      if (fields.newKey.trim() === '' && !storedHere)
        throw new FieldProblem('Paste the key, or choose that the server has none.')
      if (/\s/.test(fields.newKey.trim()))
        throw new FieldProblem('A key has no spaces or line breaks in it; paste the key alone.')
      return { source: fields.keySource }
  }
}

function freeName(name: string, taken: readonly string[]): string {
  const used = new Set(taken.map((other) => other.toLowerCase()))
  if (!used.has(name.toLowerCase())) return name
  let number = 2
  while (used.has(`${name} ${number}`.toLowerCase())) number += 1
  return `${name} ${number}`
}

/** An id out of the name; `environment` and `demo` are built in. */
function freeId(name: string, taken: readonly string[]): string {
  const used = new Set([...taken, 'environment', 'demo'])
  const slug = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 36)
    .replace(/-+$/, '')
  const base = slug === '' ? 'backend' : slug
  if (!used.has(base)) return base
  let number = 2
  while (used.has(`${base}-${number}`)) number += 1
  return `${base}-${number}`
}

function ofOptions(value: (name: OptionName) => string): Record<OptionName, string> {
  return Object.fromEntries(optionNames.map((name) => [name, value(name)])) as Record<OptionName, string>
}

function withoutUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined))
}

/** Without what is not set; undefined = nothing is. */
function noneOf(value: Record<string, unknown>): Record<string, unknown> | undefined {
  const rest = withoutUndefined(value)
  return Object.keys(rest).length > 0 ? rest : undefined
}
