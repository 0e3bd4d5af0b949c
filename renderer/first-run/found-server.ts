import type { RequestInput } from '#shared/feed/requests.ts'
import { presets } from '#shared/profile/presets.ts'
import type { FoundServer, Profile } from '#shared/profile/profile.ts'
import { fieldsFromPreset, OLLAMA_WINDOW, readForm } from '../backends/profile-form.ts'
import { hostOf, tokens } from '../lib/backend-state.ts'

/** What a row of *Found on this computer* says. */
export interface FoundWords {
  name: string
  badge: { tone: 'ok' | 'warn'; text: string } | null
  text: string
}

export function foundWords(server: FoundServer): FoundWords {
  const host = hostOf(server.baseUrl)
  const [first] = server.models
  const name = presetOf(server).name
  if (server.state === 'loading')
    return {
      name,
      badge: { tone: 'warn', text: 'loading' },
      text: `Answers at ${host}, still loading ${first?.id ?? 'its model'}.`,
    }
  if (wantsKey(server))
    return {
      name,
      badge: { tone: 'warn', text: 'wants a key' },
      text: `Answers at ${host}, but lists its models only for a key.`,
    }
  if (!first)
    return {
      name,
      badge: { tone: 'warn', text: 'no model' },
      text: `Answers at ${host}, but has no model yet. Load one there, then look again.`,
    }
  const model = usedModel(server) ?? first
  const others = server.models.length - 1
  const window =
    server.kind === 'ollama' && (model.contextWindow ?? 0) < OLLAMA_WINDOW
      ? ` ${model.contextWindow === null ? '' : `Its window is ${tokens(model.contextWindow)} tokens; `}Claw asks for ${tokens(OLLAMA_WINDOW)}.`
      : ''
  return {
    name,
    badge: model.id === presetOf(server).model ? { tone: 'ok', text: 'recommended model is there' } : null,
    text: `${model.id}${others > 0 ? ` and ${others} more` : ''}, at ${host}.${window}`,
  }
}

/** Whether one click is enough: it answers and has a model. */
export function canUse(server: FoundServer): boolean {
  return server.state === 'ready' && server.models.length > 0
}

/** A server that is ready and lists nothing keeps its models from strangers; only these two may be empty. */
export function wantsKey({ kind, state, models }: FoundServer): boolean {
  return state === 'ready' && models.length === 0 && kind !== 'ollama' && kind !== 'lm-studio'
}

/** The profile that *Use Ollama* saves: the recommended model if the server has it, else its first one. */
export function profileOfFound(server: FoundServer, existing: readonly Profile[]): RequestInput<'profile.save'> {
  const takenNames = existing.map(({ name }) => name)
  const fields = fieldsFromPreset(
    { ...presetOf(server), baseUrl: server.baseUrl, model: usedModel(server)?.id ?? '', needsKey: false },
    takenNames,
    false,
  )
  const result = readForm(fields, {
    original: null,
    takenIds: existing.map(({ id }) => id),
    takenNames,
    keychain: false,
  })
  if (!result.ok) throw new Error(`A found server does not make a profile: ${JSON.stringify(result.problems)}`)
  return result.input
}

function usedModel(server: FoundServer) {
  return server.models.find(({ id }) => id === presetOf(server).model) ?? server.models[0]
}

function presetOf({ kind }: FoundServer) {
  const preset = presets.find((one) => one.kind === kind) ?? presets.find((one) => one.kind === 'custom')
  if (!preset) throw new Error('There is no preset for another server.')
  return preset
}
