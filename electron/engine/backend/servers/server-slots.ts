import { isRecord } from '#shared/lib/json.ts'
import type { BackendKind } from '#shared/profile/profile.ts'
import { serverRoot } from '../contract/server-root.ts'
import { count, record } from './model-extras.ts'
import { getJson, type ServerConnection } from './models.ts'

/** What is asked beside a conversation is not waited for long. Milliseconds. */
const ASK_MS = 2000

type Ask = (path: string) => Promise<unknown>

/** Where each kind says how many answers it writes at once (docs/servers.md A). None of these loads a model. */
const places: Partial<Record<BackendKind, (ask: Ask, model: string) => Promise<number | null>>> = {
  'llama-server': async (ask) => count(record(await ask('/props')).total_slots),
  // Of the model as it is loaded; an older version has no such route, and one answer at a time.
  'lm-studio': async (ask, model) => {
    const { models } = record(await ask('/api/v1/models'))
    const loaded = (Array.isArray(models) ? models : [])
      .filter(isRecord)
      .flatMap(({ key, loaded_instances: all }) =>
        (Array.isArray(all) ? all : []).filter(isRecord).map(({ id, config }) => ({ names: [key, id], config })),
      )
    const found = loaded.find(({ names }) => names.includes(model))
    return found ? count(record(found.config).parallel) : null
  },
}

export function tellsSlots(kind: BackendKind): boolean {
  return places[kind] !== undefined
}

/** Asks a server how many calls it takes at once; null = it does not say. Throws `AttemptError`. */
export async function serverSlots(connection: ServerConnection, signal: AbortSignal): Promise<number | null> {
  const { address, kind, model } = connection.server
  const root = serverRoot(address.base)
  const limited = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])
  return (await places[kind]?.((path) => getJson(connection, `${root}${path}`, limited), model)) ?? null
}
