import { BackendKind, Profile, reservedSampling } from '#shared/profile/profile.ts'
import {
  address,
  count,
  decimal,
  duration,
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
  'context-window': count('Tokens that the model can see at once.'),
  'max-output-tokens': count('Tokens that one answer may have.'),
  temperature: decimal('<number>', 'From 0 to 2.', 2),
  'top-p': decimal('<number>', 'Above 0, up to 1.', 1),
  seed: whole('A whole number; the same one gives the same answer where the server can.'),
  sampling: texts(
    '<name=number>',
    'Send this sampling field too, such as top_k=20; may be repeated. Without a number it is removed.',
  ),
  stop: texts('<text>', 'End the answer before this text; may be repeated.'),
  'provider-routing': jsonObject('How OpenRouter picks who serves the model, such as {"order": ["deepinfra"]}.'),
  'extra-body': jsonObject('A JSON object that is added to every request.'),
  'connect-timeout': duration('How long to wait for a connection.'),
  'first-byte-timeout': duration('How long to wait for the first piece of an answer.'),
  'idle-timeout': duration('How long to wait between two pieces of an answer.'),
  'whole-timeout': duration('How long a whole answer may take.'),
  'approval-timeout': duration('How long a background run waits for your answer to an approval.'),
  slots: count('How many answers the server writes at once.'),
  'ca-file': filled('<file>', "Trust the authority in this PEM file for the server's certificate."),
  fallback: filled('<profile>', 'The profile that is offered when this one does not answer.'),
  'input-cost-per-million': decimal('<usd>', 'Price of a million input tokens.'),
  'output-cost-per-million': decimal('<usd>', 'Price of a million output tokens.'),
  'cached-input-cost-per-million': decimal('<usd>', 'Price of a million input tokens out of the cache.'),
  'reasoning-cost-per-million': decimal('<usd>', 'Price of a million output tokens that went into reasoning.'),
  header: texts('<name: value>', 'Send this header too; may be repeated. An empty value removes it.'),
  clear: texts('<flag>', 'Forget what this flag has set, such as top-p; may be repeated.'),
  'plain-http': toggle('Leave http:// as it is for an address outside the local network.'),
  json: toggle('Print JSON.'),
  help: toggle('Show this help.'),
}

export type ProfileFlags = FlagValues<typeof profileFlags>

/** What the flags change about a profile; the key is not among it. `UsageError`: a header without a colon. */
export function profileChange(flags: ProfileFlags, before: Partial<Profile>): Partial<Profile> {
  const given: Partial<Record<keyof Profile, unknown>> = {
    name: flags.name,
    kind: flags.kind,
    baseUrl: flags['base-url'],
    model: flags.model,
    contextWindow: flags['context-window'],
    maxOutputTokens: flags['max-output-tokens'],
    temperature: flags.temperature,
    topP: flags['top-p'],
    seed: flags.seed,
    sampling: flags.sampling && sampling(flags.sampling, before.sampling),
    stop: flags.stop,
    provider: flags['provider-routing'],
    extraBody: flags['extra-body'],
    timeouts: timeouts(flags, before.timeouts),
    slots: flags.slots,
    cachedInputCostPerMillion: flags['cached-input-cost-per-million'],
    reasoningCostPerMillion: flags['reasoning-cost-per-million'],
    inputCostPerMillion: flags['input-cost-per-million'],
    outputCostPerMillion: flags['output-cost-per-million'],
    plainHttp: flags['plain-http'],
    headers: flags.header && headers(flags.header, before.headers),
    key: keyReference(flags),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** The flags whose values can be forgotten, and where they are kept. */
const clearable: Readonly<Record<string, readonly [keyof Profile, string?]>> = {
  'context-window': ['contextWindow'],
  'max-output-tokens': ['maxOutputTokens'],
  temperature: ['temperature'],
  'top-p': ['topP'],
  seed: ['seed'],
  sampling: ['sampling'],
  stop: ['stop'],
  'provider-routing': ['provider'],
  'extra-body': ['extraBody'],
  'connect-timeout': ['timeouts', 'connectMs'],
  'first-byte-timeout': ['timeouts', 'firstByteMs'],
  'idle-timeout': ['timeouts', 'idleMs'],
  'whole-timeout': ['timeouts', 'wholeMs'],
  'approval-timeout': ['timeouts', 'approvalMs'],
  slots: ['slots'],
  'ca-file': ['caFile'],
  fallback: ['fallbackProfileId'],
  'input-cost-per-million': ['inputCostPerMillion'],
  'output-cost-per-million': ['outputCostPerMillion'],
  'cached-input-cost-per-million': ['cachedInputCostPerMillion'],
  'reasoning-cost-per-million': ['reasoningCostPerMillion'],
  header: ['headers'],
  'plain-http': ['plainHttp'],
}

/** The profile without what the named flags have set. `UsageError`: not a flag that can be forgotten. */
export function cleared(profile: Profile, names: readonly string[] = []): Profile {
  return names.reduce((rest, name) => {
    const place = Object.hasOwn(clearable, name) ? clearable[name] : undefined
    if (!place) throw new UsageError(`--clear knows ${Object.keys(clearable).join(', ')}; not "${name}".`)
    const [key, member] = place
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

function timeouts(flags: ProfileFlags, before: Profile['timeouts']): Profile['timeouts'] {
  const given = Object.entries({
    connectMs: flags['connect-timeout'],
    firstByteMs: flags['first-byte-timeout'],
    idleMs: flags['idle-timeout'],
    wholeMs: flags['whole-timeout'],
    approvalMs: flags['approval-timeout'],
  }).filter(([, value]) => value !== undefined)
  return given.length > 0 ? { ...before, ...Object.fromEntries(given) } : undefined
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
