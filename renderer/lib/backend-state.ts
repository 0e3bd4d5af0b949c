import type { Failure } from '#shared/failure.ts'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { counted } from '#shared/lib/counted.ts'
import { DEMO_LABEL, localKinds, presets } from '#shared/profile/presets.ts'
import type { ModelInfo, Profile } from '#shared/profile/profile.ts'

export type Tone = 'ok' | 'warn' | 'danger' | 'off'

export interface StateLine {
  tone: Tone
  text: string
}

/** The dot and the few words beside a profile's name. */
export function stateLine(backend: BackendStatus): StateLine {
  if (backend.profile.kind === 'demo') return { tone: 'off', text: DEMO_LABEL }
  switch (backend.reach) {
    case 'unknown':
      return { tone: 'off', text: 'not asked yet' }
    case 'checking':
      return { tone: 'off', text: 'asking…' }
    case 'failed':
      return failedLine(backend.failure)
    case 'ready':
      if (modelIsMissing(backend)) return { tone: 'warn', text: 'its model is not listed' }
      return { tone: 'ok', text: counted(backend.models.length, 'model') }
    default:
      return assertNever(backend.reach)
  }
}

/** The server answers, but the model that the profile names is not among those it lists. */
export function modelIsMissing({ profile, models, reach }: BackendStatus): boolean {
  return reach === 'ready' && profile.model !== '' && models.length > 0 && isUnlisted(profile.model, models)
}

/** Whether a server lists models, but not this one. */
export function isUnlisted(model: string, models: readonly ModelInfo[]): boolean {
  return !models.some(({ id }) => sameModel(id, model))
}

/** The model that answers: an empty name stands for the first one that the server lists. */
export function chosenModel({ profile, models }: Pick<BackendStatus, 'profile' | 'models'>): string | null {
  if (profile.model !== '') return models.find(({ id }) => sameModel(id, profile.model))?.id ?? null
  return models[0]?.id ?? null
}

/** Ollama lists `name:latest` for what everybody calls `name`. */
function sameModel(listed: string, wanted: string): boolean {
  return listed === wanted || listed === `${wanted}:latest`
}

export interface BackendRemedy {
  text: string
  /** A command to copy, where one helps. */
  command?: string
  action: 'check' | 'edit' | 'key'
}

/** What to do about a server that did not list its models. */
export function remedyFor(profile: Profile, failure: Failure): BackendRemedy {
  const preset = presets.find(({ kind }) => kind === profile.kind)
  switch (failure.code) {
    case 'auth':
      return { text: 'Set a key that this server accepts.', action: 'key' }
    case 'credits':
      return { text: 'Add credits at the provider, then check again.', action: 'check' }
    case 'unreachable':
    case 'transport':
      return preset && preset.command !== '' && isLocal(profile)
        ? { text: 'If it is not running, start it, then check again:', command: preset.command, action: 'check' }
        : { text: 'Look whether the address is right and the server runs, then check again.', action: 'edit' }
    case 'timeout':
      return { text: 'It may be loading a model. Check again in a moment.', action: 'check' }
    case 'rate-limit':
    case 'overloaded':
      return { text: 'It is busy. Check again in a moment.', action: 'check' }
    case 'protocol':
    case 'invalid-request':
    case 'not-found':
      return { text: 'The address may lack its /v1, or another program answers there.', action: 'edit' }
    default:
      return { text: 'Check again, or look at the address.', action: 'check' }
  }
}

function isLocal(profile: Profile): boolean {
  return URL.canParse(profile.baseUrl) && /^(localhost|127\.|\[::1\])/.test(new URL(profile.baseUrl).hostname)
}

function failedLine(failure: Failure | null): StateLine {
  switch (failure?.code) {
    case 'unreachable':
    case 'transport':
      return { tone: 'off', text: 'not reachable' }
    case 'timeout':
      return { tone: 'warn', text: 'no answer in time' }
    case 'auth':
      return { tone: 'danger', text: 'key refused' }
    case 'credits':
      return { tone: 'danger', text: 'out of credits' }
    case 'rate-limit':
      return { tone: 'warn', text: 'asks to wait' }
    case 'overloaded':
      return { tone: 'warn', text: 'busy or loading' }
    case 'protocol':
      return { tone: 'danger', text: 'not an OpenAI-compatible answer' }
    default:
      return { tone: 'danger', text: 'failed' }
  }
}

/** Host and port, or the text itself while it is no URL. */
export function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl
}

export function keyWords({ key }: Profile): string {
  switch (key.source) {
    case 'none':
      return 'no key'
    case 'keychain':
      return 'key: keychain'
    case 'file':
      return 'key: file'
    case 'env':
      return `key: $${key.name}`
    default:
      return assertNever(key)
  }
}

const whole = new Intl.NumberFormat('en-US')

export function tokens(count: number | null): string {
  return count === null ? 'not known' : whole.format(count)
}

/** "free" for a server of one's own that names no price; "not known" is never $0. */
export function prices(model: ModelInfo, profile: Profile): string {
  const input = profile.inputCostPerMillion ?? model.inputCostPerMillion
  const output = profile.outputCostPerMillion ?? model.outputCostPerMillion
  if (input === null && output === null) return localKinds.has(profile.kind) ? 'free' : 'not known'
  if (input === 0 && output === 0) return 'free'
  return `${dollars(input)} / ${dollars(output)}`
}

/** "text" for every model, and what else the server says that it can. */
export function canWords({ abilities }: ModelInfo): string {
  const more = (['tools', 'vision', 'thinking'] as const).filter((name) => abilities?.[name])
  return ['text', ...more].join(', ')
}

/** What the doctor learned about this server with this model; empty = nothing, or of another one. */
export function learnedWords({ baseUrl, model, compat }: Profile): string {
  if (!compat || compat.baseUrl !== baseUrl || compat.model !== model) return ''
  const { leaveOut = [], outputLimitName, returnReasoning, takeTurns } = compat
  return [
    leaveOut.length > 0 ? `asked without ${leaveOut.join(', ')}` : '',
    outputLimitName === undefined ? '' : `answer length as ${outputLimitName}`,
    returnReasoning ? 'gets its reasoning back' : '',
    takeTurns ? 'user and assistant take turns' : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}

export function dollars(amount: number | null): string {
  if (amount === null) return 'not known'
  return `$${amount.toFixed(amount !== 0 && amount < 0.1 ? 3 : 2)}`
}
