import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { nextStep, type TourMessage, type TourStep } from './demo-tour.ts'

/** A model of about this speed is pleasant to read along: 40 words a second. */
const WORD_MS = 25
const BODY_LIMIT = 50_000_000

export interface DemoOptions {
  /** Between two words, in milliseconds; default CLAW_DEMO_WORD_MS, else 25. */
  wordMs?: number
}

export interface DemoBackend {
  /** Ends in `/v1`. */
  baseUrl: string
  close(): Promise<void>
}

/**
 * The built-in backend: a small OpenAI-compatible server on loopback that follows a script and says so. It lets a person
 * see the app at work before there is any model.
 */
export async function startDemoBackend(options: DemoOptions = {}): Promise<DemoBackend> {
  const wordMs = options.wordMs ?? wordTime(process.env.CLAW_DEMO_WORD_MS)
  const server = createServer((request, response) => {
    answer(request, response, wordMs).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else sendJson(response, 400, errorBody(error instanceof Error ? error.message : String(error)))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The demo backend has no port.')
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, wordMs: number): Promise<void> {
  const body = await readBody(request)
  if (request.method === 'GET' && request.url === '/v1/models') {
    return sendJson(response, 200, {
      object: 'list',
      data: [{ id: 'demo', object: 'model', created: 0, owned_by: 'demo' }],
    })
  }
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    return sendJson(response, 404, errorBody('The demo backend has no such page.'))
  }
  const asked = readRequest(JSON.parse(body))
  const step = nextStep(asked.messages, asked.tools)
  // Four characters a token is the usual rule of thumb; there is no tokenizer here, and it costs nothing.
  const output = step.text.length + (step.call ? JSON.stringify(step.call).length : 0)
  const usage = usageOf(body.length, output)
  const callId = `demo_${asked.messages.length}`
  if (asked.stream) await stream(response, step, callId, usage, wordMs)
  else sendJson(response, 200, wholeReply(step, callId, usage))
}

async function stream(
  response: ServerResponse,
  step: TourStep,
  callId: string,
  usage: object,
  wordMs: number,
): Promise<void> {
  const left = new AbortController()
  response.once('close', () => left.abort())
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = (choices: unknown[], more: object = {}) =>
    response.write(`data: ${JSON.stringify({ ...head('chat.completion.chunk'), choices, ...more })}\n\n`)
  const delta = (value: object, finish: string | null = null) =>
    send([{ index: 0, delta: value, finish_reason: finish }])
  try {
    delta({ role: 'assistant', content: '' })
    for (const word of step.text.match(/\S+\s*/g) ?? []) {
      if (wordMs > 0) await sleep(wordMs, undefined, { signal: left.signal })
      delta({ content: word })
    }
    if (step.call) delta({ tool_calls: [{ index: 0, ...wireCall(step.call, callId) }] })
    delta({}, step.call ? 'tool_calls' : 'stop')
    send([], { usage })
    response.end('data: [DONE]\n\n')
  } catch (error) {
    // The reader left in the middle: nothing more to say.
    if (!left.signal.aborted) throw error
  }
}

function wholeReply(step: TourStep, callId: string, usage: object) {
  const message = {
    role: 'assistant',
    content: step.text,
    ...(step.call && { tool_calls: [wireCall(step.call, callId)] }),
  }
  const finish = step.call ? 'tool_calls' : 'stop'
  return { ...head('chat.completion'), choices: [{ index: 0, message, finish_reason: finish }], usage }
}

function wireCall(call: NonNullable<TourStep['call']>, id: string) {
  return { id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } }
}

function usageOf(input: number, output: number) {
  const [prompt, completion] = [Math.ceil(input / 4), Math.ceil(output / 4)]
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, cost: 0 }
}

function head(object: string) {
  return { id: 'demo', object, created: 0, model: 'demo' }
}

interface DemoRequest {
  messages: TourMessage[]
  tools: string[]
  stream: boolean
}

/** The demo is asked by our own client only: wrong input is an answer of 400, not a dialogue. */
function readRequest(value: unknown): DemoRequest {
  if (typeof value !== 'object' || value === null || !('messages' in value) || !Array.isArray(value.messages)) {
    throw new Error('The request has no messages.')
  }
  const tools = 'tools' in value && Array.isArray(value.tools) ? value.tools : []
  return {
    messages: value.messages.filter(isMessage),
    tools: tools.map((tool) => String(tool?.function?.name)),
    stream: 'stream' in value && value.stream === true,
  }
}

function isMessage(value: unknown): value is TourMessage {
  return typeof value === 'object' && value !== null && 'role' in value && 'content' in value
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size > BODY_LIMIT) throw new Error('The request is too long for the demo backend.')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function errorBody(message: string) {
  return { error: { message, type: 'invalid_request_error', param: null, code: null } }
}

function wordTime(text: string | undefined): number {
  const milliseconds = Number(text?.trim() || WORD_MS)
  return Number.isFinite(milliseconds) && milliseconds >= 0 ? milliseconds : WORD_MS
}
