import { type Failure, type FailureCode, failure } from '#shared/failure.ts'
import { plainCounted } from '#shared/lib/counted.ts'
import { AttemptError, type RetryAdvice } from '../contract/backend-error.ts'
import type { Server } from '../contract/server.ts'
import { overflowNumbers, saysOverflow } from './context-overflow.ts'
import { redact } from './redact.ts'
import type { ServerError } from './server-error.ts'
import { unsupportedParameter } from './unsupported-parameter.ts'

/** An error of the server as a failure for a person. `status` null = it came inside a stream. */
export function classifyError(
  error: ServerError,
  status: number | null,
  server: Server,
  retryAfterMs?: number,
): AttemptError {
  const said: Said = { ...error, status: status ?? statusOf(error), inBand: status === null }
  const code = codeOf(said)
  const retryable = error.again?.retryable ?? retryableCodes.has(code)
  const waitMs = retryAfterMs ?? error.again?.afterMs ?? undefined
  const details = detailsOf(said, code, server)
  const remedy: RetryAdvice = {}
  if (modelLoads.test(said.message)) remedy.loadingModel = true
  if (error.again?.retryable === false) remedy.final = true
  if (rolesInTurns.test(said.message)) remedy.mustAlternate = true
  if (code === 'invalid-request') {
    if (reasoningMissing.test(said.message)) remedy.wantsReasoning = true
    const dropped = unsupportedParameter(said.message, said.parameter)
    if (dropped) remedy.withoutParameter = dropped
  }
  if (code === 'context-overflow') {
    const limit = fittingLimit(details)
    if (limit !== undefined) remedy.outputLimit = limit
  }
  if (code === 'protocol' && said.status === 404) remedy.wrongPath = true
  const message = sentence(code, said, details, server)
  return new AttemptError(
    failure(code, message, { retryable, ...(waitMs !== undefined && { retryAfterMs: waitMs }), details }),
    remedy,
  )
}

type Details = NonNullable<Failure['details']>
type Said = ServerError & { status: number; inBand: boolean }

const retryableCodes: ReadonlySet<FailureCode> = new Set(['rate-limit', 'overloaded', 'server-error', 'timeout'])

/** In a stream the code may be a number, a number as text, or a word; 0 = it says nothing. */
function statusOf({ code }: ServerError): number {
  return /^[1-5]\d\d$/.test(code) ? Number(code) : 0
}

/** The matrix of docs/servers.md D.2; the first row that fits wins. */
function codeOf({ message, type, code, errorType, status, inBand, html }: Said): FailureCode {
  const words = `${type} ${code} ${errorType}`
  if (canOverflow(status, inBand) && (saysOverflow(`${message} ${words}`) || errorType === 'context_length_exceeded'))
    return 'context-overflow'
  // By whoever stands before the server, in bytes.
  if (status === 413) return 'context-overflow'
  if (status === 402 || /budget_exceeded|payment_required|insufficient_quota/.test(words)) return 'credits'
  if (/Prompt tokens limit exceeded|insufficient credits|exceeded your current quota/i.test(message)) return 'credits'
  if (/auth_error|token_not_found_in_db|expired_key|no_db_connection|authentication_error/.test(words)) return 'auth'
  if (status === 401 || /No connected db/i.test(message)) return 'auth'
  if (toolsRefused.test(message)) return 'tools-unsupported'
  if (modelUnknown.test(message) || /model_not_found/.test(words)) return 'unknown-model'
  if (status === 403) return /moderation|flagged/i.test(message) ? 'invalid-request' : 'auth'
  if (status === 429 || /rate_limit/.test(words)) return 'rate-limit'
  if (
    status === 503 ||
    status === 529 ||
    /overloaded/.test(words) ||
    /server busy/i.test(message) ||
    modelLoads.test(message)
  )
    return 'overloaded'
  if (status === 408) return 'timeout'
  if (status === 404 || status === 405 || (status >= 300 && status < 400)) return 'protocol'
  if (/Failed to parse tool call arguments/i.test(message)) return 'invalid-request'
  if (html && status < 500) return 'protocol'
  if (status >= 400 && status < 499) return 'invalid-request'
  return 'server-error'
}

function canOverflow(status: number, inBand: boolean): boolean {
  return inBand || status === 400 || status === 413 || status === 422 || status === 500
}

const modelLoads = /loading model|model is (?:still |currently )?loading/i

/** DeepSeek and its kin, between tool calls: "The `reasoning_content` in the thinking mode must be passed back". */
const reasoningMissing =
  /reasoning_content\W.*(?:must be|passed back|missing|required)|missing .{0,20}reasoning_content/i

/** The words of Mistral's and Gemma's templates, as every server passes them on. */
const rolesInTurns = /roles must alternate|must alternate between/i

const toolsRefused =
  /tool choice requires --enable-auto-tool-choice|does not support tools|No endpoints found that support tool use|tools param requires --jinja|tools? (?:is|are) not supported/i

const modelUnknown =
  /Invalid model name passed|is not a valid model ID|No endpoints found for|no healthy deployments|model [`'"]?[^`'"]*[`'"]? (?:does not exist|not found)/i

function detailsOf(said: Said, code: FailureCode, server: Server): Details {
  const details: Details = {}
  if (said.status !== 0) details.status = said.status
  if (said.message) details.serverMessage = redact(said.message, server.key)
  if (said.parameter) details.parameter = said.parameter
  if (code === 'context-overflow') {
    Object.assign(details, overflowNumbers(said.message))
    if (said.contextWindow !== null) details.contextWindow = said.contextWindow
    if (said.promptTokens !== null) details.promptTokens = said.promptTokens
  }
  const affordable = code === 'credits' ? /can only afford (\d+)/i.exec(said.message)?.[1] : undefined
  if (affordable !== undefined) details.affordableTokens = Number(affordable)
  return details
}

/** Before the server's own words, which end a sentence. */
const QUOTE = ' It says: '

/** What a failure says without the server's own words, for those who show these words apart. */
export function withoutQuote({ message, details }: Pick<Failure, 'message' | 'details'>): string {
  const from = details?.serverMessage === undefined ? -1 : message.indexOf(QUOTE)
  return from < 0 ? message : message.slice(0, from)
}

/** One sentence for what happened, one for what to do. */
function sentence(code: FailureCode, said: Said, details: Details, server: Server): string {
  const { name, model } = server
  const quoted = details.serverMessage ? `${QUOTE}${ended(details.serverMessage)}` : ''
  switch (code) {
    case 'auth':
      if (/No connected db/i.test(said.message))
        return `${name} did not accept the key (it has no key database, so only its master key works). Set that key on the profile.`
      return server.key
        ? `${name} refused the key. Set a valid key on the profile.${quoted}`
        : `${name} wants a key and the profile has none. Set a key on the profile.`
    case 'unknown-model':
      return `${name} does not serve the model "${model}". Choose one that it lists, or load it there first.${quoted}`
    case 'context-overflow':
      return said.status === 413 && details.contextWindow === undefined
        ? `The conversation is larger than ${name}, or a proxy before it, takes (HTTP 413). Shorten it, start a new chat, or allow larger requests there.`
        : overflowSentence(details, server)
    case 'tools-unsupported':
      return toolsSentence(said.message, server)
    case 'credits':
      return details.affordableTokens !== undefined
        ? `The credits at ${name} pay for ${plainCounted(details.affordableTokens, 'more token')} only. Add credits, or lower the maximum answer length of the profile.`
        : `The credits or the budget of the key at ${name} are used up. Add credits or use another key.${quoted}`
    case 'rate-limit':
      return `${name} takes no more requests right now (rate limit). Wait a little and try again.${quoted}`
    case 'overloaded':
      return modelLoads.test(said.message)
        ? `${name} is still loading its model. Try again when it is ready.`
        : `${name} is too busy to answer. Try again in a moment.${quoted}`
    case 'timeout':
      return `${name} gave up waiting for the answer. Try again.${quoted}`
    case 'protocol':
      return addressSentence(said, server)
    case 'invalid-request':
      return said.parameter
        ? `${name} did not accept the request because of "${said.parameter}". Change that setting of the profile.${quoted}`
        : `${name} did not accept the request. Check the settings of the profile.${quoted}`
    default:
      return `${name} failed while answering${said.status >= 500 ? ` (HTTP ${said.status})` : ''}. Try again; if it stays, look at the log of the server.${quoted}`
  }
}

function overflowSentence({ contextWindow, promptTokens, requestedTokens }: Details, { name, model }: Server): string {
  const window = contextWindow === undefined ? 'the context window' : `the context window of ${contextWindow} tokens`
  const prompt = promptTokens === undefined ? 'The conversation' : `The conversation (${promptTokens} tokens)`
  const fits = promptTokens !== undefined && contextWindow !== undefined && promptTokens < contextWindow
  if (requestedTokens !== undefined && (fits || promptTokens === undefined))
    return `${prompt} and an answer of up to ${requestedTokens} tokens do not fit into ${window} of ${model || name}. Lower the maximum answer length of the profile, or shorten the conversation.`
  return `${prompt} does not fit into ${window} of ${model || name}. Shorten it, start a new chat, or serve the model with a larger window.`
}

/** Answers shorter than this are not worth a try: the conversation has to become shorter. */
const SHORTEST_ANSWER = 256
/** Servers count a few tokens more than they say. */
const MARGIN = 16

/** The output limit that is the first thing to lower (docs/servers.md D.3, 3); by guess where the prompt is not told. */
function fittingLimit({ contextWindow, promptTokens, requestedTokens }: Details): number | undefined {
  if (requestedTokens === undefined || contextWindow === undefined) return undefined
  const guess = Math.min(contextWindow, requestedTokens) / 4
  const limit = promptTokens === undefined ? Math.floor(guess) : contextWindow - promptTokens - MARGIN
  return limit >= SHORTEST_ANSWER && limit < requestedTokens ? limit : undefined
}

function toolsSentence(message: string, { name, model }: Server): string {
  if (/enable-auto-tool-choice/.test(message))
    return `${name} was started without tool calls. Start vLLM with --enable-auto-tool-choice and --tool-call-parser (such as qwen3_coder or hermes).`
  if (/--jinja/.test(message)) return `${name} was started without tool calls. Start llama-server with --jinja.`
  return `The model "${model}" cannot call tools at ${name}. Choose a model that can.`
}

function addressSentence(said: Said, { name, address }: Server): string {
  if (said.status >= 300 && said.status < 400)
    return `${name} sends us on to ${originOf(said.location) ?? 'another address'} instead of answering. If that is the right server, put its address into the profile.`
  const what = said.html ? 'a web page' : `HTTP ${said.status}`
  return `${name} answered with ${what} at ${address.base}. Is the base URL right? It often ends in /v1.`
}

function originOf(location: string): string | null {
  return URL.canParse(location) ? new URL(location).origin : null
}

function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
