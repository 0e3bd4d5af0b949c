import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Connections } from './open-connections.ts'

export type ResponseHead = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>

export interface Response extends ResponseHead {
  body: Readable
}

export interface HttpRequest {
  method: 'GET' | 'POST'
  url: string
  headers: Record<string, string>
  body?: string
  signal: AbortSignal
}

/** So often a server may send us on. */
const HOPS = 3

/**
 * Sends a request and resolves with the head of its answer; the body may be compressed although nobody asked for it.
 * A redirect within the same server is followed; any other is the answer: key and conversation go nowhere else.
 */
export async function send(agent: Connections, asked: HttpRequest): Promise<Response> {
  const { method, headers, body, signal } = asked
  let { url } = asked
  for (let hop = 0; ; hop++) {
    const { origin, pathname, search } = new URL(url)
    const answer = await agent.request({
      origin,
      path: pathname + search,
      method,
      headers,
      signal,
      ...(body !== undefined && { body }),
    })
    const next = hop < HOPS ? redirectWithin(url, method, answer) : null
    if (next === null) return await responseOf(answer)
    await answer.body.dump()
    url = next
  }
}

/** The address within the same server, over the same or a safer connection, that an answer sends on to; null = none. */
function redirectWithin(url: string, method: HttpRequest['method'], answer: ResponseHead): string | null {
  const { statusCode } = answer
  // The older ones make a GET of a POST.
  const keeps = statusCode === 307 || statusCode === 308 || (method === 'GET' && statusCode > 300 && statusCode < 303)
  const location = headerOf(answer, 'location')
  if (!keeps || !URL.canParse(location, url)) return null
  const from = new URL(url)
  const to = new URL(location, url)
  const safer = from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === ''
  return to.hostname === from.hostname && (to.origin === from.origin || safer) ? to.href : null
}

async function responseOf(answer: Dispatcher.ResponseData): Promise<Response> {
  const { statusCode, headers, body } = answer
  const encoding = headerOf(answer, 'content-encoding')
  return { statusCode, headers, body: encoding === '' ? body : await decoded(body, encoding) }
}

export function headerOf({ headers }: ResponseHead, name: string): string {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value)?.toString() ?? ''
}

/** Reads a body to its end, at most `limit` characters of it. Rejects as the body does. */
export async function readText(body: Readable, limit: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of body) {
    text += decoder.decode(part, { stream: true })
    if (text.length >= limit) break
  }
  return text.slice(0, limit)
}

/** undici's `request` does not decompress (docs/servers.md B.8). Each piece comes out as soon as it is in. */
async function decoded(body: Readable, encoding: string): Promise<Readable> {
  // Until it is read: a body may break off while what undoes it is being loaded. Whoever reads it hears of that.
  body.on('error', () => undefined)
  // Few servers compress a stream; loading what undoes it takes a moment at the start of every command.
  const { constants, createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib')
  const flush = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip(flush)
      : encoding === 'deflate'
        ? createInflate(flush)
        : encoding === 'br'
          ? createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
          : undefined
  if (!decoder) return body
  return pipeline(body, decoder, () => {
    // Who reads the decoder gets its error.
  })
}
