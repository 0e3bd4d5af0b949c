import { isRecord, type JsonRecord } from '#shared/lib/json.ts'
import type { BackendKind, ModelInfo } from '#shared/profile/profile.ts'

/** Asks below the server's root, with a body by POST; null = this server does not tell, or not in time. */
export type AskMore = (path: string, body?: JsonRecord) => Promise<unknown>

type Extra = (ask: AskMore, models: readonly ModelInfo[]) => Promise<ModelInfo[]>

/** `/api/show` takes one model at a time. */
const SHOWN = 40

/** Where each kind keeps what its list does not say, and how it is read (docs/servers.md A). None of these loads a model. */
const extras: Partial<Record<BackendKind, Extra>> = {
  async ollama(ask, models) {
    const [running, ...shown] = await Promise.all([
      ask('/api/ps'),
      ...models.slice(0, SHOWN).map(({ id }) => ask('/api/show', { model: id })),
    ])
    const allocated = byName(arrayOf(running, 'models'), 'name')
    return models
      .map((model, index) => ollamaModel(model, allocated.get(model.id), record(shown[index])))
      .filter((model) => model !== null)
  },

  async 'llama-server'(ask, models) {
    const props = record(await ask('/props'))
    const window = count(record(props.default_generation_settings).n_ctx)
    const caps = record(props.chat_template_caps)
    const modalities = record(props.modalities)
    const abilities = abilitiesOf({ tools: caps.supports_tools ?? caps.supports_tool_calls, vision: modalities.vision })
    return models.map((model) => ({ ...model, ...(window !== null && { contextWindow: window }), ...abilities }))
  },

  async 'lm-studio'(ask, models) {
    const entries = byName(arrayOf(await ask('/api/v0/models'), 'data'), 'id')
    return models
      .filter(({ id }) => entries.get(id)?.type !== 'embeddings')
      .map((model) => {
        const entry = entries.get(model.id)
        return entry ? studioModel(model, entry) : model
      })
  },

  async litellm(ask, models) {
    const entries = byName(arrayOf(await ask('/v1/model/info'), 'data'), 'model_name')
    return models.map((model) => litellmModel(model, record(entries.get(model.id)?.model_info)))
  },
}

/** Models with what their server tells elsewhere. */
export async function withExtras(kind: BackendKind, models: ModelInfo[], ask: AskMore): Promise<ModelInfo[]> {
  const extra = extras[kind]
  return extra && models.length > 0 ? extra(ask, models) : models
}

/** null = it answers no questions. What is allocated counts, not what the model could do. */
function ollamaModel(model: ModelInfo, running: JsonRecord | undefined, shown: JsonRecord): ModelInfo | null {
  const can = Array.isArray(shown.capabilities) ? shown.capabilities : null
  if (can && !can.includes('completion')) return null
  const info = record(shown.model_info)
  const trained = count(Object.entries(info).find(([name]) => name.endsWith('.context_length'))?.[1])
  const asked = /^num_ctx\s+(\d+)/m.exec(typeof shown.parameters === 'string' ? shown.parameters : '')?.[1]
  const window = count(running?.context_length) ?? (asked ? count(Number(asked)) : null)
  return {
    ...model,
    contextWindow: window ?? model.contextWindow,
    ...(trained !== null && { modelWindow: trained }),
    ...(can &&
      abilitiesOf({
        tools: can.includes('tools'),
        vision: can.includes('vision'),
        thinking: can.includes('thinking'),
      })),
  }
}

function studioModel(model: ModelInfo, entry: JsonRecord): ModelInfo {
  const longest = count(entry.max_context_length)
  const can = Array.isArray(entry.capabilities) ? entry.capabilities : null
  return {
    ...model,
    contextWindow: count(entry.loaded_context_length) ?? longest ?? model.contextWindow,
    ...(longest !== null && { modelWindow: longest }),
    ...abilitiesOf({
      ...(can && { tools: can.includes('tool_use') }),
      ...(typeof entry.type === 'string' && { vision: entry.type === 'vlm' }),
    }),
  }
}

function litellmModel(model: ModelInfo, info: JsonRecord): ModelInfo {
  const cached = perMillion(info.cache_read_input_token_cost)
  const reasoning = perMillion(info.output_cost_per_reasoning_token)
  return {
    ...model,
    contextWindow: count(info.max_input_tokens ?? info.max_tokens) ?? model.contextWindow,
    maxOutputTokens: count(info.max_output_tokens) ?? model.maxOutputTokens,
    inputCostPerMillion: perMillion(info.input_cost_per_token) ?? model.inputCostPerMillion,
    outputCostPerMillion: perMillion(info.output_cost_per_token) ?? model.outputCostPerMillion,
    ...(cached !== null && { cachedInputCostPerMillion: cached }),
    ...(reasoning && { reasoningCostPerMillion: reasoning }),
    ...abilitiesOf({
      tools: info.supports_function_calling,
      vision: info.supports_vision,
      thinking: info.supports_reasoning,
    }),
  }
}

/** What a model can do, as far as that was said: `{}` where no member is a boolean. */
export function abilitiesOf(said: {
  tools?: unknown
  vision?: unknown
  thinking?: unknown
}): Pick<ModelInfo, 'abilities'> {
  const known = Object.entries(said).filter(([, value]) => typeof value === 'boolean')
  return known.length > 0 ? { abilities: Object.fromEntries(known) } : {}
}

export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null
}

/** USD a token, as a number or as decimal text. Negative = "it depends" (OpenRouter's router). */
export function perMillion(value: unknown): number | null {
  const price = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof price !== 'number' || !Number.isFinite(price) || price < 0) return null
  return Number((price * 1_000_000).toPrecision(12))
}

export function record(value: unknown): JsonRecord {
  return isRecord(value) ? value : {}
}

function byName(entries: readonly JsonRecord[], key: string): Map<unknown, JsonRecord> {
  return new Map(entries.map((entry) => [entry[key], entry]))
}

function arrayOf(value: unknown, key: string): JsonRecord[] {
  const list = record(value)[key]
  return Array.isArray(list) ? list.filter(isRecord) : []
}
