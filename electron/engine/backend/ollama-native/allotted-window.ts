import { isRecord, type JsonRecord } from '#shared/lib/json.ts'
import type { ContextAllotment } from '../contract/backend.ts'
import { serverRoot } from '../contract/server-root.ts'
import { count, record } from '../servers/model-extras.ts'
import { getJson, type ServerConnection } from '../servers/models.ts'

/** What is asked beside a conversation is not waited for long. Milliseconds. */
const ASK_MS = 2000

/**
 * What Ollama allotted to the model that it has loaded, and what the model was made for (docs/servers.md A). Loads nothing.
 * Throws `AttemptError`: an older version, somebody in between, or no time.
 */
export async function allottedWindow(connection: ServerConnection, signal: AbortSignal): Promise<ContextAllotment> {
  const { address, model } = connection.server
  const root = serverRoot(address.base)
  const limited = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])
  const running = await getJson(connection, `${root}/api/ps`, limited)
  const loaded = listOf(running).find(({ name, model: id }) => [name, id].some((one) => isSame(one, model)))
  const inUse = count(loaded?.context_length)
  if (inUse === null) return { inUse, possible: null }
  const shown = record(await getJson(connection, `${root}/api/show`, limited, { model }))
  const made = Object.entries(record(shown.model_info)).find(([name]) => name.endsWith('.context_length'))
  return { inUse, possible: count(made?.[1]) }
}

function listOf(running: unknown): JsonRecord[] {
  const { models } = record(running)
  return Array.isArray(models) ? models.filter(isRecord) : []
}

/** A model without a tag is the one tagged `latest`. */
function isSame(listed: unknown, model: string): boolean {
  return listed === model || listed === `${model}:latest`
}
