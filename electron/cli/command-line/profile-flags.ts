import { BackendKind, type Profile } from '#shared/profile.ts'
import { address, count, decimal, filled, oneOf, text, texts, toggle, UsageError } from './flag.ts'
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
  'input-cost-per-million': decimal('<usd>', 'Price of a million input tokens.'),
  'output-cost-per-million': decimal('<usd>', 'Price of a million output tokens.'),
  header: texts('<name: value>', 'Send this header too; may be repeated. An empty value removes it.'),
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
    inputCostPerMillion: flags['input-cost-per-million'],
    outputCostPerMillion: flags['output-cost-per-million'],
    plainHttp: flags['plain-http'],
    headers: flags.header && headers(flags.header, before.headers),
    key: keyReference(flags),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
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
