import type { Dispatcher } from 'undici'
import { failure } from '#shared/failure.ts'
import type { BackendKind, ModelInfo } from '#shared/profile.ts'
import { AttemptError } from './backend-error.ts'
import { classifyError } from './classify-error.ts'
import { headerOf, readText, send } from './http-exchange.ts'
import { isRecord, type JsonRecord } from './json-record.ts'
import type { Server } from './server.ts'
import { readErrorBody } from './server-error.ts'
import { transportError } from './transport-error.ts'

export interface Connection {
  agent: Dispatcher
  server: Server
  headers: Record<string, string>
}

/** OpenRouter lists some hundred models in half a megabyte. */
const LIST_LIMIT = 16_000_000
/** What a server says beside its list is a bonus: it is not waited for long. */
const EXTRA_MS = 2000

/**
 * `/models`, and what a server tells elsewhere of windows and prices (backends.md A). Nothing asked here loads a model.
 * Throws `AttemptError`.
 */
export async function listModels(connection: Connection, signal: AbortSignal): Promise<ModelInfo[]> {
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
  return {
    id: idOf(entry),
    contextWindow: count(entry.max_model_len ?? meta.n_ctx ?? provider.context_length ?? entry.context_length),
    maxOutputTokens: count(provider.max_completion_tokens),
    inputCostPerMillion: perMillion(pricing.prompt),
    outputCostPerMillion: perMillion(pricing.completion),
  }
}

/** Where each kind keeps what its list does not say, and how it is read. */
const extras: Partial<Record<BackendKind, { path: string; read(value: unknown, models: ModelInfo[]): ModelInfo[] }>> = {
  // What is really allocated; `/api/show` tells only what the model could do.
  ollama: {
    path: '/api/ps',
    read: (value, models) => withWindows(models, arrayOf(value, 'models'), 'name', (entry) => entry.context_length),
  },
  'llama-server': {
    path: '/props',
    read(value, models) {
      const window = count(record(record(value).default_generation_settings).n_ctx)
      return models.map((model) => ({ ...model, contextWindow: window ?? model.contextWindow }))
    },
  },
  'lm-studio': {
    path: '/api/v0/models',
    read(value, models) {
      const entries = arrayOf(value, 'data')
      const embeds = new Set(entries.filter(({ type }) => type === 'embeddings').map(idOf))
      const chat = models.filter(({ id }) => !embeds.has(id))
      return withWindows(chat, entries, 'id', (entry) => entry.loaded_context_length ?? entry.max_context_length)
    },
  },
  litellm: {
    path: '/v1/model/info',
    read(value, models) {
      const entries = arrayOf(value, 'data')
      return models.map((model) => {
        const info = record(entries.find((entry) => entry.model_name === model.id)?.model_info)
        return {
          ...model,
          contextWindow: count(info.max_input_tokens ?? info.max_tokens) ?? model.contextWindow,
          maxOutputTokens: count(info.max_output_tokens) ?? model.maxOutputTokens,
          inputCostPerMillion: perMillion(info.input_cost_per_token) ?? model.inputCostPerMillion,
          outputCostPerMillion: perMillion(info.output_cost_per_token) ?? model.outputCostPerMillion,
        }
      })
    },
  },
}

async function enrich(connection: Connection, models: ModelInfo[], signal: AbortSignal): Promise<ModelInfo[]> {
  const extra = extras[connection.server.kind]
  if (!extra || models.length === 0) return models
  const root = connection.server.address.base.replace(/\/v1$/, '')
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(EXTRA_MS)])
    return extra.read(await getJson(connection, `${root}${extra.path}`, limited), models)
  } catch (error) {
    if (signal.aborted || !(error instanceof AttemptError)) throw error
    // The list itself is here; an older version or a key without that right says no more.
    return models
  }
}

/** Throws `AttemptError`. */
async function getJson({ agent, server, headers }: Connection, path: string, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await send(agent, { method: 'GET', url: `${path}${server.address.query}`, headers, signal })
    const text = await readText(response.body, LIST_LIMIT)
    if (response.statusCode !== 200) throw classifyError(readErrorBody(text), response.statusCode, server)
    if (text.trimStart().startsWith('<')) throw notAList(server, headerOf(response, 'content-type'))
    return JSON.parse(text)
  } catch (error) {
    if (signal.aborted) throw new AttemptError(failure('aborted', 'The request was stopped.'), {}, { cause: error })
    if (error instanceof SyntaxError) throw notAList(server)
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

function withWindows(
  models: ModelInfo[],
  entries: readonly JsonRecord[],
  key: string,
  window: (entry: JsonRecord) => unknown,
): ModelInfo[] {
  return models.map((model) => {
    const entry = entries.find((one) => one[key] === model.id)
    return entry ? { ...model, contextWindow: count(window(entry)) ?? model.contextWindow } : model
  })
}

function idOf(entry: JsonRecord): string {
  const id = entry.id ?? entry.name
  return typeof id === 'string' ? id : ''
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null
}

/** USD a token, as a number or as decimal text. Negative = "it depends" (OpenRouter's router). */
function perMillion(value: unknown): number | null {
  const price = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof price !== 'number' || !Number.isFinite(price) || price < 0) return null
  return Number((price * 1_000_000).toPrecision(12))
}

function record(value: unknown): JsonRecord {
  return isRecord(value) ? value : {}
}

function arrayOf(value: unknown, key: string): JsonRecord[] {
  const list = record(value)[key]
  return Array.isArray(list) ? list.filter(isRecord) : []
}
