import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A message as the server received it. */
export interface WireMessage {
  role: string
  content: unknown
  tool_calls?: { id: string; type: string; function: { name: string; arguments: string } }[]
  tool_call_id?: string
}

export interface RecordedRequest {
  method: string
  /** With the query. */
  path: string
  headers: IncomingHttpHeaders
  /** Parsed JSON, `{}` without a body. */
  body: Record<string, unknown>
  /** As it came over the wire. */
  bodyText: string
  /** `body.messages`, or empty. */
  messages: readonly WireMessage[]
  /** Resolves when the client closed the connection before the answer was complete. */
  closed: Promise<void>
  closedEarly: boolean
}

/** What a reply writes to: one answer of the server. */
export interface Exchange {
  request: RecordedRequest
  response: ServerResponse
  models: readonly string[]
}

/** One answer of the script. */
export interface Reply {
  play(exchange: Exchange): Promise<void>
}

/** A reply, or what makes one of the request that came. */
export type ScriptStep = Reply | ((request: RecordedRequest) => Reply)

/** Something that a test holds back until it opens it. Never opened = held for ever. */
export interface Gate {
  opened: Promise<void>
  open(): void
}

export interface ScriptedBackendOptions {
  script?: readonly ScriptStep[]
  /** Ids that `/v1/models` lists. Default `scripted`. */
  models?: readonly string[]
  /** Answers by path, such as `/api/version`; they win over the built-in ones and are not used up. */
  routes?: Readonly<Record<string, ScriptStep>>
  /** Default: a free one. */
  port?: number
}

/**
 * A small real OpenAI-compatible server on a free port of 127.0.0.1. Each chat request takes the next step of the
 * script; with none left it answers 500 and says so.
 */
export interface ScriptedBackend {
  /** Ends in `/v1`. */
  baseUrl: string
  /** All of them, in order of arrival. */
  requests: readonly RecordedRequest[]
  /** Only those to `/chat/completions`. */
  chatRequests(): readonly RecordedRequest[]
  /** Resolves when the chat request of that number (from 0) has arrived. */
  chatRequest(index: number): Promise<RecordedRequest>
  /** Replaces the answers that are still to come. */
  script(...steps: ScriptStep[]): void
  close(): Promise<void>
}

export async function startScriptedBackend(options: ScriptedBackendOptions = {}): Promise<ScriptedBackend> {
  const models = options.models ?? ['scripted']
  const requests: RecordedRequest[] = []
  const waiting: { index: number; resolve(request: RecordedRequest): void }[] = []
  let steps = [...(options.script ?? [])]

  const chatRequests = () => requests.filter(isChat)
  const nextReply = (request: RecordedRequest): Reply => {
    const route = options.routes?.[request.path]
    if (route) return replyOf(route, request)
    if (isChat(request)) {
      const step = steps.shift()
      return step ? replyOf(step, request) : httpError(500, 'The script of the test has no answer for this request.')
    }
    if (request.path === '/v1/models') return json({ object: 'list', data: models.map(listedModel) })
    return httpError(404, `There is nothing at ${request.path}.`)
  }
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await record(incoming, response)
    const reply = nextReply(request)
    requests.push(request)
    if (isChat(request)) {
      const index = chatRequests().length - 1
      for (const waiter of waiting) if (waiter.index === index) waiter.resolve(request)
    }
    // A client that goes away while a gate is closed must not keep the exchange waiting.
    await Promise.race([reply.play({ request, response, models }), request.closed])
  }
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500, jsonType).end(errorBody(`The scripted backend broke: ${error}`))
    })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    chatRequests,
    chatRequest(index) {
      const known = chatRequests()[index]
      return known ? Promise.resolve(known) : new Promise((resolve) => waiting.push({ index, resolve }))
    },
    script(...next) {
      steps = next
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

export function gate(): Gate {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

export interface AnswerOptions {
  /** Into how many deltas the text is cut. Default 1. */
  chunks?: number
  /** Waits for this after the first delta. */
  gate?: Promise<unknown>
  reasoning?: string
  /** Default `stop`, with calls `tool_calls`. null = the answer ends without one. */
  finish?: string | null
  /** From `usage()`; null = none is sent. Default 10 in, 5 out. */
  usage?: Record<string, unknown> | null
  headers?: Record<string, string>
}

/** A call as [name, arguments, id]; arguments that are a string are sent as they are. */
export type ScriptedCall = readonly [name: string, args: Record<string, unknown> | string, id?: string]

export function text(content: string, options: AnswerOptions = {}): Reply {
  return answerWith(content, [], options)
}

export function toolCall(
  name: string,
  args: Record<string, unknown> | string,
  options: AnswerOptions & { id?: string; text?: string } = {},
): Reply {
  return answerWith(options.text ?? '', [[name, args, options.id]], options)
}

export function toolCalls(calls: readonly ScriptedCall[], options: AnswerOptions & { text?: string } = {}): Reply {
  return answerWith(options.text ?? '', calls, options)
}

/** The `usage` object of an answer; `more` for details and cost. */
export function usage(input: number, output: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output, ...more }
}

/** An error as the OpenAI API words it, or the body given. */
export function httpError(
  status: number,
  body: string | Record<string, unknown>,
  headers: Record<string, string> = {},
): Reply {
  return json(typeof body === 'string' ? JSON.parse(errorBody(body)) : body, { status, headers })
}

export function json(value: unknown, options: { status?: number; headers?: Record<string, string> } = {}): Reply {
  return raw([JSON.stringify(value)], {
    status: options.status ?? 200,
    headers: { ...jsonType, ...options.headers },
  })
}

export interface RawOptions {
  /** Default 200. */
  status?: number
  /** Default: an event stream. */
  headers?: Record<string, string>
  /**
   * `end` = properly; `cut` = the connection closes in the middle of the body (FIN); `reset` = it breaks (RST);
   * `hold` = it stays open until the client leaves. Default `end`.
   */
  end?: 'end' | 'cut' | 'reset' | 'hold'
  /** The body's end is the end of the connection: no chunked encoding, no length. */
  closeDelimited?: boolean
}

/** These bytes, each part written on its own; a promise among them is waited for. */
export function raw(parts: readonly (string | Uint8Array | Promise<unknown>)[], options: RawOptions = {}): Reply {
  return {
    async play({ response, request }) {
      const headers = options.headers ?? { 'content-type': 'text/event-stream' }
      if (options.closeDelimited) {
        response.useChunkedEncodingByDefault = false
        response.shouldKeepAlive = false
      }
      response.writeHead(options.status ?? 200, headers)
      response.flushHeaders()
      for (const part of parts) {
        if (part instanceof Promise) await part
        else await write(response, part)
      }
      switch (options.end ?? 'end') {
        case 'end':
          response.end()
          return
        case 'cut':
          response.socket?.end()
          return
        case 'reset':
          if (response.socket) breakConnection(response.socket)
          return
        case 'hold':
          await request.closed
      }
    },
  }
}

/** A model that writes so many bytes of Markdown a second until somebody ends it. */
export function flood(bytesPerSecond: number): Reply {
  return {
    async play({ request, response }) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const paragraph = 'It writes and writes and does not stop, *whatever* was asked.\n\n'
      const beat = 20
      const content = paragraph.repeat(Math.ceil((bytesPerSecond * beat) / 1000 / paragraph.length))
      const timer = setInterval(() => {
        if (!response.writableNeedDrain) response.write(chunk({ content }))
      }, beat)
      await request.closed
      clearInterval(timer)
    },
  }
}

/** Not one byte before `until`; then `reply`. */
export function silent(until: Promise<unknown>, reply: Reply = httpError(500, 'Nothing more to say.')): Reply {
  return {
    async play(exchange) {
      await until
      await reply.play(exchange)
    },
  }
}

/** One `data:` frame of a stream. */
export function frame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

export const DONE = 'data: [DONE]\n\n'

/** One chunk frame: a delta of choice 0. */
export function chunk(delta: Record<string, unknown>, finish: string | null = null): string {
  return frame({ ...chunkHead, choices: [{ index: 0, delta, finish_reason: finish }] })
}

const chunkHead = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'scripted' }
const jsonType = { 'content-type': 'application/json' }

function answerWith(content: string, calls: readonly ScriptedCall[], options: AnswerOptions): Reply {
  const finish = options.finish === undefined ? (calls.length > 0 ? 'tool_calls' : 'stop') : options.finish
  const used = options.usage === undefined ? usage(10, 5) : options.usage
  const { reasoning } = options
  return {
    async play(exchange) {
      const { request } = exchange
      const wireCalls = calls.map((call, index) => wireCall(call, index, request))
      if (request.body.stream !== true) {
        await options.gate
        const message = {
          role: 'assistant',
          content: content || null,
          ...(reasoning && { reasoning_content: reasoning }),
          ...(wireCalls.length > 0 && { tool_calls: wireCalls }),
        }
        const choices = [{ index: 0, message, finish_reason: finish }]
        const whole = { ...chunkHead, object: 'chat.completion', choices, ...(used && { usage: used }) }
        await json(whole, { headers: options.headers ?? {} }).play(exchange)
        return
      }
      const [first, ...rest] = [
        ...(reasoning ? [chunk({ reasoning_content: reasoning })] : []),
        ...pieces(content, options.chunks ?? 1).map((piece) => chunk({ content: piece })),
        ...wireCalls.map((call, index) => chunk({ tool_calls: [{ index, ...call }] })),
      ]
      const frames = [
        chunk({ role: 'assistant', content: '' }),
        ...(first ? [first] : []),
        ...(options.gate ? [options.gate] : []),
        ...rest,
        ...(finish === null ? [] : [chunk({}, finish)]),
        ...(used ? [frame({ ...chunkHead, choices: [], usage: used })] : []),
        DONE,
      ]
      await raw(frames, { headers: { 'content-type': 'text/event-stream', ...options.headers } }).play(exchange)
    },
  }
}

/** Ids are unique within a conversation: the number of messages so far and the position. */
function wireCall([name, args, id]: ScriptedCall, index: number, request: RecordedRequest) {
  return {
    id: id ?? `call_${request.messages.length}_${index}`,
    type: 'function',
    function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
  }
}

/** Cuts between characters, never inside one. */
function pieces(content: string, count: number): string[] {
  const characters = [...content]
  const size = Math.max(1, Math.ceil(characters.length / count))
  const result: string[] = []
  for (let start = 0; start < characters.length; start += size) {
    result.push(characters.slice(start, start + size).join(''))
  }
  return result
}

function replyOf(step: ScriptStep, request: RecordedRequest): Reply {
  return typeof step === 'function' ? step(request) : step
}

function isChat({ method, path }: RecordedRequest): boolean {
  return method === 'POST' && path.endsWith('/chat/completions')
}

function listedModel(id: string) {
  return { id, object: 'model', created: 1, owned_by: 'scripted' }
}

function errorBody(message: string): string {
  return JSON.stringify({ error: { message, type: 'scripted', param: null, code: null } })
}

async function record(incoming: IncomingMessage, response: ServerResponse): Promise<RecordedRequest> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part as Buffer)
  const bodyText = Buffer.concat(parts).toString('utf8')
  const body = bodyText ? (JSON.parse(bodyText) as Record<string, unknown>) : {}
  const early = gate()
  const request: RecordedRequest = {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body,
    bodyText,
    messages: Array.isArray(body.messages) ? (body.messages as WireMessage[]) : [],
    closed: early.opened,
    closedEarly: false,
  }
  response.once('close', () => {
    if (response.writableFinished) return
    request.closedEarly = true
    early.open()
  })
  return request
}

function write(response: ServerResponse, part: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(part, (error) => (error ? reject(error) : resolve()))
  })
}

/** RST and nothing else: `resetAndDestroy` would send a FIN before it, which is another case. */
function breakConnection(socket: Socket): void {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle !== 'object' || handle === null) return
  const reset: unknown = Reflect.get(handle, 'reset')
  if (typeof reset === 'function') reset.call(handle, () => socket.destroy())
}
