import { BackendKind, Profile, reservedSampling } from '#shared/profile/profile.ts'
import {
  address,
  count,
  decimal,
  duration,
  type Flag,
  filled,
  jsonObject,
  oneOf,
  text,
  texts,
  toggle,
  UsageError,
  whole,
} from './flag.ts'
import type { FlagValues } from './parse-flags.ts'

const kinds = BackendKind.options.filter((kind) => kind !== 'demo')

/** A member of a profile, or a member of that. */
type Kept = readonly [member: keyof Profile, inner?: string]

/** A flag that sets an option of a profile. */
interface OptionFlag<Value> extends Flag<Value> {
  kept: Kept
  /** What is kept of the value; undefined = nothing, whoever runs the command sees to it. */
  keep(value: Value, before: Partial<Profile>): unknown
}

/**
 * The options of a profile: an option is one row here, one in the form of the window (`option-fields.ts`), and one box there.
 * Each can be forgotten with `--clear`.
 */
const options = {
  'context-window': option(['contextWindow'], count('Tokens that the model can see at once.')),
  'max-output-tokens': option(['maxOutputTokens'], count('Tokens that one answer may have.')),
  temperature: option(['temperature'], decimal('<number>', 'From 0 to 2.', 2)),
  'top-p': option(['topP'], decimal('<number>', 'Above 0, up to 1.', 1)),
  seed: option(['seed'], whole('A whole number; the same one gives the same answer where the server can.')),
  sampling: option(
    ['sampling'],
    texts(
      '<name=number>',
      'Send this sampling field too, such as top_k=20; may be repeated. Without a number it is removed.',
    ),
    (given, before) => sampling(given, before.sampling),
  ),
  stop: option(['stop'], texts('<text>', 'End the answer before this text; may be repeated.')),
  verify: option(['verify'], texts('<command>', 'Work counts as done when this command passes; may be repeated.')),
  'provider-routing': option(
    ['provider'],
    jsonObject('How OpenRouter picks who serves the model, such as {"order": ["deepinfra"]}.'),
  ),
  'extra-body': option(['extraBody'], jsonObject('A JSON object that is added to every request.')),
  'connect-timeout': option(['timeouts', 'connectMs'], duration('How long to wait for a connection.')),
  'first-byte-timeout': option(
    ['timeouts', 'firstByteMs'],
    duration('How long to wait for the first piece of an answer.'),
  ),
  'idle-timeout': option(['timeouts', 'idleMs'], duration('How long to wait between two pieces of an answer.')),
  'whole-timeout': option(['timeouts', 'wholeMs'], duration('How long a whole answer may take.')),
  'approval-timeout': option(
    ['timeouts', 'approvalMs'],
    duration('How long a background run waits for your answer to an approval.'),
  ),
  slots: option(['slots'], count('How many answers the server writes at once.')),
  vision: option(['vision'], toggle('Its model sees images; without it, it is told of them in words.')),
  'ca-file': option(
    ['caFile'],
    filled('<file>', "Trust the authority in this PEM file for the server's certificate."),
    () => undefined,
  ),
  fallback: option(
    ['fallbackProfileId'],
    filled('<profile>', 'The profile that is offered when this one does not answer.'),
    () => undefined,
  ),
  'input-cost-per-million': option(['inputCostPerMillion'], decimal('<usd>', 'Price of a million input tokens.')),
  'output-cost-per-million': option(['outputCostPerMillion'], decimal('<usd>', 'Price of a million output tokens.')),
  'cached-input-cost-per-million': option(
    ['cachedInputCostPerMillion'],
    decimal('<usd>', 'Price of a million input tokens out of the cache.'),
  ),
  'reasoning-cost-per-million': option(
    ['reasoningCostPerMillion'],
    decimal('<usd>', 'Price of a million output tokens that went into reasoning.'),
  ),
  header: option(
    ['headers'],
    texts('<name: value>', 'Send this header too; may be repeated. An empty value removes it.'),
    (given, before) => headers(given, before.headers),
  ),
  'plain-http': option(['plainHttp'], toggle('Leave http:// as it is for an address outside the local network.')),
}

/** Of `profiles add` and `profiles set`. */
export const profileFlags = {
  name: filled('<name>', 'The name that people see.'),
  kind: oneOf(kinds, `What kind of server it is: ${kinds.join(', ')}.`),
  'base-url': address('The address, up to and with /v1 where the server has it.'),
  model: text('<model>', 'The model; without one, the first that the server lists.'),
  'key-env': filled('<variable>', 'Read the key from this environment variable at every start.'),
  'key-stdin': toggle('Read the key from the input and keep it.'),
  'key-prompt': toggle('Ask for the key and keep it.'),
  'key-file': toggle('Keep the key in a private file where there is no keychain.'),
  'no-key': toggle('It needs no key; a kept one is forgotten.'),
  ...options,
  clear: texts('<flag>', 'Forget what this flag has set, such as top-p; may be repeated.'),
  json: toggle('Print JSON.'),
  help: toggle('Show this help.'),
}

export type ProfileFlags = FlagValues<typeof profileFlags>

/** What the flags change about a profile; the key is not among it. `UsageError`: a header without a colon. */
export function profileChange(flags: ProfileFlags, before: Partial<Profile>): Partial<Profile> {
  const change: Partial<Record<keyof Profile, unknown>> = {
    name: flags.name,
    kind: flags.kind,
    baseUrl: flags['base-url'],
    model: flags.model,
    key: keyReference(flags),
  }
  const given: Readonly<Record<string, unknown>> = flags
  for (const [name, { kept, keep }] of Object.entries<OptionFlag<unknown>>(options)) {
    const value = given[name] === undefined ? undefined : keep(given[name], before)
    if (value === undefined) continue
    const [member, inner] = kept
    change[member] = inner === undefined ? value : { ...Object(change[member] ?? before[member]), [inner]: value }
  }
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}

function option<Value>(
  kept: Kept,
  flag: Flag<Value>,
  keep: OptionFlag<Value>['keep'] = (value) => value,
): OptionFlag<Value> {
  return { ...flag, kept, keep }
}

/** The profile without what the named flags have set. `UsageError`: not a flag that can be forgotten. */
export function cleared(profile: Profile, names: readonly string[] = []): Profile {
  return names.reduce((rest, name) => {
    const option = Object.entries(options).find(([flag]) => flag === name)
    if (!option) throw new UsageError(`--clear knows ${Object.keys(options).join(', ')}; not "${name}".`)
    const [key, member] = option[1].kept
    const without = (object: object, out: string) =>
      Object.fromEntries(Object.entries(object).filter(([one]) => one !== out))
    const inner = member === undefined ? {} : without(rest[key] instanceof Object ? rest[key] : {}, member)
    return Profile.parse({ ...without(rest, key), ...(Object.keys(inner).length > 0 && { [key]: inner }) })
  }, profile)
}

function sampling(given: readonly string[], before: Record<string, number> = {}): Record<string, number> | undefined {
  const result = { ...before }
  for (const one of given) {
    const [, name = '', value = ''] = /^([a-z][a-z0-9_]*)=(-?(?:\d+\.?\d*|\.\d+)?)$/.exec(one) ?? []
    if (!name || value === '-') throw new UsageError(`--sampling needs name=number, such as top_k=20, not "${one}".`)
    if (reservedSampling.has(name)) throw new UsageError(`--sampling: ${name} has a flag of its own.`)
    if (value) result[name] = Number(value)
    else delete result[name]
  }
  return result
}

function keyReference(flags: ProfileFlags): Profile['key'] | undefined {
  if (flags['no-key']) return { source: 'none' }
  return flags['key-env'] === undefined ? undefined : { source: 'env', name: flags['key-env'] }
}

function headers(given: readonly string[], before: Record<string, string> = {}): Record<string, string> {
  const result = { ...before }
  for (const header of given) {
    const [, name = '', value = ''] = /^([^:\s]+)\s*:\s*(.*)$/.exec(header) ?? []
    if (!name) throw new UsageError(`--header needs "name: value", not "${header}".`)
    if (value) result[name] = value
    else delete result[name]
  }
  return result
}
