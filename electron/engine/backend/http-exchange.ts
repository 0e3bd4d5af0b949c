import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { type Dispatcher, request } from 'undici'

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

/** Sends a request and resolves with the head of its answer; the body may be compressed although nobody asked for it. */
export async function send(agent: Dispatcher, { method, url, headers, body, signal }: HttpRequest): Promise<Response> {
  const answer = await request(url, {
    dispatcher: agent,
    method,
    headers,
    signal,
    ...(body !== undefined && { body }),
  })
  return {
    statusCode: answer.statusCode,
    headers: answer.headers,
    body: decoded(answer.body, headerOf(answer, 'content-encoding')),
  }
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

/** undici's `request` does not decompress (backends.md B.8). Each piece comes out as soon as it is in. */
function decoded(body: Readable, encoding: string): Readable {
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
