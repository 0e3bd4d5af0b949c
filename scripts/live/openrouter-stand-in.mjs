// @ts-check
import { createServer } from 'node:http'
import { OpenRouterStream, provider, wholeReply } from './openrouter-stream.mjs'

/**
 * OpenRouter, played on loopback as its documentation describes it: comments before the first word, chunks with `provider`
 * and `native_finish_reason`, reasoning in fields, usage with cost in the three shapes that were seen, errors in the middle
 * of a stream, routing, credits and rate limits. The mind behind it is a real server. Named a stand-in wherever it shows.
 *
 * Models: `small`; the others are `small` with a fault: `small:dies` breaks off in mid-stream, `small:busy` is refused once
 * for its rate, `small:broke` has no credits, `small:poor` can pay for 300 tokens, `small:toolless` takes no tools.
 *
 * @param {import('./server-process.mjs').ServerProcess} upstream
 * @param {string} key
 * @returns {Promise<import('./servers.mjs').Server & { seen: Seen[] }>}
 */
export async function openRouterStandIn(upstream, key) {
  /** @type {Seen[]} */
  const seen = []
  const http = createServer((request, response) => {
    answer({ upstream, key, seen }, request, response).catch(() => response.destroy())
  })
  await new Promise((resolve) => http.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (http.address())
  const address = `http://127.0.0.1:${port}`
  const stop = async () => {
    http.closeAllConnections()
    http.close()
  }
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  return {
    address,
    key,
    seen,
    fetch: (path, init = {}) => fetch(`${address}${path}`, { ...init, headers }),
    stop,
    kill: stop,
  }
}

/**
 * One chat request as it came.
 * @typedef {{ headers: import('node:http').IncomingHttpHeaders, body: Record<string, any> }} Seen
 * @typedef {{ upstream: import('./server-process.mjs').ServerProcess, key: string, seen: Seen[] }} Place
 */

const models = ['small', 'small:dies', 'small:busy', 'small:broke', 'small:poor', 'small:toolless']
const WINDOW = 8192
const AFFORDABLE = 300

/** @param {Place} place @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function answer(place, request, response) {
  const { pathname } = new URL(request.url ?? '', 'http://x')
  const say = (
    /** @type {number} */ status,
    /** @type {unknown} */ value,
    /** @type {Record<string, string>} */ more = {},
  ) => {
    response.writeHead(status, { 'content-type': 'application/json', ...more })
    response.end(JSON.stringify(value))
  }
  if (pathname === '/api/v1/models') return say(200, { data: models.map(listed) })
  const known = request.headers.authorization === `Bearer ${place.key}`
  if (!known) return say(401, { error: { message: 'User not found.', code: 401 } })
  if (pathname === '/api/v1/key')
    return say(200, { data: { limit: 10, limit_remaining: 9.5, usage: 0.5, is_free_tier: false } })
  if (pathname !== '/api/v1/chat/completions' || request.method !== 'POST')
    return say(404, { error: { message: 'Not Found', code: 404 } })
  const parts = []
  for await (const part of request) parts.push(part)
  const body = JSON.parse(Buffer.concat(parts).toString())
  place.seen.push({ headers: request.headers, body })
  const refused = refusal(place, body)
  if (refused) return say(refused.status, { error: refused.error, user_id: 'user_standin' }, refused.headers)
  return complete(place, body, response, say)
}

/** @param {string} id */
function listed(id) {
  return {
    id,
    canonical_slug: id,
    name: id,
    created: 0,
    context_length: WINDOW,
    architecture: { input_modalities: ['text'], output_modalities: ['text'] },
    pricing: { prompt: '0.000001', completion: '0.000002', request: '0', input_cache_read: '0.0000001' },
    top_provider: { context_length: WINDOW, max_completion_tokens: 4096, is_moderated: false },
    supported_parameters: ['max_tokens', 'temperature', ...(id === 'small:toolless' ? [] : ['tools', 'tool_choice'])],
  }
}

/**
 * What is refused before anybody is asked (docs/servers.md D).
 *
 * @param {Place} place @param {Record<string, any>} body
 * @returns {{ status: number, error: Record<string, unknown>, headers?: Record<string, string> } | null}
 */
function refusal({ seen }, { model, tools, max_tokens: maxTokens, provider: routing = {} }) {
  const error = (
    /** @type {number} */ code,
    /** @type {string} */ message,
    /** @type {Record<string, unknown>} */ metadata,
  ) => ({
    status: code,
    error: { message, code, ...(metadata && { metadata }) },
  })
  if (!models.includes(model)) return error(400, `${model} is not a valid model ID`, { error_type: 'invalid_request' })
  const only = routing.only ?? []
  if (only.length > 0 && !only.includes('stand-in')) return error(404, `No endpoints found for ${model}.`, {})
  if (model === 'small:toolless' && tools)
    return error(
      404,
      'No endpoints found that support tool use. To learn more about provider routing, visit the documentation.',
      {},
    )
  if (model === 'small:broke')
    return error(402, 'Insufficient credits. Add more using the credits page.', {
      provider_name: null,
      error_type: 'payment_required',
    })
  const wanted = maxTokens ?? 65_536
  if (model === 'small:poor' && wanted > AFFORDABLE)
    return error(
      402,
      `This request requires more credits, or fewer max_tokens. You requested up to ${wanted} tokens, but can only afford ${AFFORDABLE}. To increase, visit the credits page.`,
      { provider_name: null, error_type: 'payment_required' },
    )
  if (model === 'small:busy' && seen.filter(({ body }) => body.model === model).length === 1)
    return {
      ...error(429, 'Provider returned error', {
        provider_name: provider,
        raw: 'slow down',
        error_type: 'rate_limit_exceeded',
      }),
      headers: { 'retry-after': '1' },
    }
  return null
}

/**
 * Asks the mind, and passes on what it says in OpenRouter's form.
 *
 * @param {Place} place @param {Record<string, any>} body @param {import('node:http').ServerResponse} response
 * @param {(status: number, value: unknown) => void} say
 */
async function complete({ upstream, seen }, body, response, say) {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const { provider: _routing, usage: _usage, model, ...rest } = body
  const asked = { ...rest, model: 'small', ...(body.stream && { stream_options: { include_usage: true } }) }
  const id = `gen-${String(seen.length).padStart(10, '0')}`
  const head = { 'x-generation-id': id, 'access-control-expose-headers': 'X-Generation-Id' }
  if (body.stream) {
    // The edge answers before the provider does.
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...head })
    response.write(': OPENROUTER PROCESSING\n\n')
  }
  const answer = await upstream
    .fetch('/v1/chat/completions', { method: 'POST', body: JSON.stringify(asked), signal: gone.signal })
    .catch(() => null)
  if (!answer?.ok) {
    const error = await upstreamError(answer)
    if (!body.stream) return say(error.code, { error, user_id: 'user_standin' })
    const choices = [{ index: 0, delta: { content: '' }, finish_reason: 'error' }]
    response.end(
      `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created: 0, model, provider, error, choices })}\n\n`,
    )
    return
  }
  if (!body.stream) return say(200, wholeReply(/** @type {Record<string, any>} */ (await answer.json()), { id, model }))
  const stream = new OpenRouterStream({ id, model, usageShape: seen.length % 3, dies: model === 'small:dies' })
  try {
    for await (const frame of framesOf(answer)) {
      const text = stream.take(frame)
      if (text) response.write(text)
      if (stream.ended) break
    }
    response.end(stream.end())
  } catch {
    response.end(stream.broken())
  }
  gone.abort()
}

/** @param {Response | null} answer @returns {Promise<{ code: number, message: string, metadata?: Record<string, unknown> }>} */
async function upstreamError(answer) {
  if (!answer)
    return { code: 502, message: 'Provider returned error', metadata: { error_type: 'provider_unavailable' } }
  const { error } = /** @type {{ error: { message: string, n_prompt_tokens?: number } }} */ (await answer.json())
  if (error.n_prompt_tokens === undefined) return { code: answer.status, message: error.message }
  const prompt = error.n_prompt_tokens
  return {
    code: 400,
    message: `This endpoint's maximum context length is ${WINDOW} tokens. However, you requested about ${prompt} tokens (${prompt} of text input). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.`,
    metadata: { error_type: 'context_length_exceeded' },
  }
}

/** The JSON of each frame. @param {Response} answer */
async function* framesOf(answer) {
  let text = ''
  const decoder = new TextDecoder()
  for await (const part of answer.body ?? []) {
    text += decoder.decode(part, { stream: true })
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) if (frame.startsWith('data: {')) yield JSON.parse(frame.slice(6))
  }
}
