import { isRecord, type JsonRecord, parseJson } from '#shared/lib/json.ts'

/** An error as a server words it, whatever the envelope (docs/servers.md D.1). Empty string = not said. */
export interface ServerError {
  message: string
  type: string
  code: string
  parameter: string
  /** OpenRouter's `metadata.error_type`. */
  errorType: string
  /** llama-server's own numbers. */
  promptTokens: number | null
  contextWindow: number | null
  html: boolean
  /** What OpenRouter says of another attempt; null = nothing. */
  again: { retryable: boolean; afterMs: number | null } | null
  /** Where a redirect leads. */
  location: string
}

/** How much of a body is looked at, in characters. */
const READ = 20_000

/** Reads the body of an HTTP answer that is an error: JSON of any shape, an event stream, a web page, text, nothing. */
export function readErrorBody(body: string): ServerError {
  const text = body.slice(0, READ).trim()
  const json = parseJson(text.replace(/^(event:[^\n]*\n)?data:\s*/, '').split('\n\n')[0] ?? '') ?? parseJson(text)
  if (json !== undefined) return readErrorValue(json)
  if (/^<(!doctype|html|head|body)/i.test(text)) {
    const title = /<title>([^<]*)<\/title>/i.exec(text)?.[1] ?? ''
    return { ...emptyError, message: title.trim(), html: true }
  }
  return { ...emptyError, message: text }
}

/** Reads an error that is JSON already: the whole body, a frame of a stream, or what stands under `error`. */
export function readErrorValue(value: unknown): ServerError {
  if (typeof value === 'string') return withInner({ ...emptyError, message: value })
  if (Array.isArray(value)) return readErrorValue(value[0])
  if (!isRecord(value)) return emptyError
  const inner = value.error ?? value.errors
  if (isRecord(inner) || Array.isArray(inner)) return readErrorValue(inner)
  const metadata = isRecord(value.metadata) ? value.metadata : {}
  return withInner({
    message: words(inner) || words(value.message) || detailOf(value),
    type: words(value.type),
    code: words(value.code),
    parameter: words(value.param),
    errorType: words(metadata.error_type),
    promptTokens: count(value.n_prompt_tokens),
    contextWindow: count(value.n_ctx),
    html: false,
    again: againOf(value.availability),
    location: '',
  })
}

/** llama-server's errors may come as JSON text inside the message of a server in front of it (docs/servers.md D.3, 7). */
function withInner(error: ServerError): ServerError {
  const start = error.message.indexOf('{"')
  const inner = start < 0 ? undefined : parseJson(error.message.slice(start))
  if (!isRecord(inner)) return error
  const read = readErrorValue(inner)
  return {
    ...error,
    message: read.message || error.message,
    type: read.type || error.type,
    promptTokens: read.promptTokens ?? error.promptTokens,
    contextWindow: read.contextWindow ?? error.contextWindow,
  }
}

const emptyError: ServerError = {
  message: '',
  type: '',
  code: '',
  parameter: '',
  errorType: '',
  promptTokens: null,
  contextWindow: null,
  html: false,
  again: null,
  location: '',
}

/** OpenRouter's word on whether and when to ask again; it counts more than the status (docs/servers.md D.2). */
function againOf(value: unknown): ServerError['again'] {
  if (!isRecord(value) || typeof value.retryable !== 'boolean') return null
  const seconds = count(value.retry_after)
  return { retryable: value.retryable, afterMs: seconds === null ? null : Math.round(seconds * 1000) }
}

/** FastAPI: a text, or a list of what is wrong with the input. */
function detailOf({ detail }: JsonRecord): string {
  if (Array.isArray(detail)) return detail.map((entry) => (isRecord(entry) ? words(entry.msg) : '')).join(', ')
  return words(detail)
}

/** LiteLLM writes Python's None as text. */
function words(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== 'None' ? value : ''
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
