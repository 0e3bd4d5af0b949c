import { failure } from '#shared/failure.ts'
import { isRecord, type JsonRecord, parseJson } from '#shared/lib/json.ts'
import type { ModelInfo } from '#shared/profile/profile.ts'
import { AttemptError } from '../contract/backend-error.ts'
import type { Server } from '../contract/server.ts'
import { serverRoot } from '../contract/server-root.ts'
import { classifyError } from '../errors/classify-error.ts'
import { readErrorBody } from '../errors/server-error.ts'
import { transportError } from '../errors/transport-error.ts'
import { headerOf, readText, send } from '../http/http-exchange.ts'
import type { Connections } from '../http/open-connections.ts'
import { abilitiesOf, count, perMillion, record, withExtras } from './model-extras.ts'

export interface ServerConnection {
  agent: Connections
  server: Server
  headers: Record<string, string>
}

/** OpenRouter lists some hundred models in half a megabyte. */
const LIST_LIMIT = 16_000_000
/** What a server says beside its list is a bonus: it is not waited for long. */
const EXTRA_MS = 2000

/**
 * `/models`, and what a server tells elsewhere of windows and prices (docs/servers.md A). Nothing asked here loads a model.
 * Throws `AttemptError`.
 */
export async function listModels(connection: ServerConnection, signal: AbortSignal): Promise<ModelInfo[]> {
  const list = await getJson(connection, `${connection.server.address.base}/models`, signal)
  const entries = listedModels(list)
  if (!entries) throw notAList(connection.server)
  const models = entries.map(modelInfo)
  return enrich(connection, models, signal)
}

/** The models of an answer of `/models`; null = it is none. */
export function listedModels(list: unknown): JsonRecord[] | null {
  // Ollama without a model says null.
  if (isRecord(list) && list.object === 'list' && list.data === null) return []
  const data = isRecord(list) ? (list.data ?? list.models) : list
  if (!Array.isArray(data)) return null
  return data.filter((entry) => isRecord(entry) && idOf(entry) !== '')
}

export function modelInfo(entry: JsonRecord): ModelInfo {
  const meta = record(entry.meta)
  const provider = record(entry.top_provider)
  const pricing = record(entry.pricing)
  const cached = perMillion(pricing.input_cache_read)
  // OpenRouter says 0 where reasoning costs what other output does.
  const reasoning = perMillion(pricing.internal_reasoning)
  const { supported_parameters: supported } = entry
  const { input_modalities: modalities } = record(entry.architecture)
  return {
    id: idOf(entry),
    contextWindow: count(entry.max_model_len ?? meta.n_ctx ?? provider.context_length ?? entry.context_length),
    maxOutputTokens: count(provider.max_completion_tokens),
    inputCostPerMillion: perMillion(pricing.prompt),
    outputCostPerMillion: perMillion(pricing.completion),
    ...(cached !== null && { cachedInputCostPerMillion: cached }),
    ...(reasoning && { reasoningCostPerMillion: reasoning }),
    ...abilitiesOf({
      ...(Array.isArray(supported) && {
        tools: supported.includes('tools'),
        thinking: supported.includes('reasoning'),
      }),
      ...(Array.isArray(modalities) && { vision: modalities.includes('image') }),
    }),
  }
}

async function enrich(connection: ServerConnection, models: ModelInfo[], signal: AbortSignal): Promise<ModelInfo[]> {
  const root = serverRoot(connection.server.address.base)
  const limited = AbortSignal.any([signal, AbortSignal.timeout(EXTRA_MS)])
  return withExtras(connection.server.kind, models, async (path, body) => {
    try {
      return await getJson(connection, `${root}${path}`, limited, body)
    } catch (error) {
      if (signal.aborted || !(error instanceof AttemptError)) throw error
      // The list itself is here; an older version or a key without that right says no more.
      return null
    }
  })
}

/** A good answer as JSON, by POST where there is a body. Throws `AttemptError`. */
export async function getJson(
  { agent, server, headers }: ServerConnection,
  path: string,
  signal: AbortSignal,
  body?: JsonRecord,
): Promise<unknown> {
  try {
    const url = `${path}${server.address.query}`
    const asked = body ? { method: 'POST' as const, body: JSON.stringify(body) } : { method: 'GET' as const }
    const response = await send(agent, { ...asked, url, headers, signal })
    const text = await readText(response.body, LIST_LIMIT)
    if (response.statusCode !== 200) throw classifyError(readErrorBody(text), response.statusCode, server)
    if (text.trimStart().startsWith('<')) throw notAList(server, headerOf(response, 'content-type'))
    const list = parseJson(text)
    if (list === undefined) throw notAList(server)
    return list
  } catch (error) {
    if (signal.aborted) throw new AttemptError(failure('aborted', 'The request was stopped.'), {}, { cause: error })
    throw transportError(error, server, false)
  }
}

function notAList({ name, address }: Server, contentType = ''): AttemptError {
  const what = contentType ? `a web page (${contentType.split(';')[0]})` : 'something that is no list of models'
  return new AttemptError(
    failure(
      'protocol',
      `${name} answered with ${what} at ${address.base}/models. Is the base URL right? It often ends in /v1.`,
    ),
  )
}

function idOf(entry: JsonRecord): string {
  const id = entry.id ?? entry.name
  return typeof id === 'string' ? id : ''
}
