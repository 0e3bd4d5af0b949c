import { failure } from '#shared/failure.ts'
import type { ModelInfo, Profile, ServerCompat } from '#shared/profile/profile.ts'
import { ChatAttempt } from './attempts/chat-attempt.ts'
import { AttemptPlanner } from './attempts/next-attempt.ts'
import { RetryDelays, type RetryOptions } from './attempts/retry.ts'
import type { Backend, ChatRequest, ContextAllotment, StreamEvent } from './contract/backend.ts'
import { AttemptError } from './contract/backend-error.ts'
import { isLocalHost, resolveBaseUrl, withVersion } from './contract/resolve-base-url.ts'
import type { Server } from './contract/server.ts'
import { serverRoot } from './contract/server-root.ts'
import { type Connections, openConnections } from './http/open-connections.ts'
import { allottedWindow } from './ollama-native/allotted-window.ts'
import { nativeBody, speaksNative } from './ollama-native/native-request.ts'
import type { ThinkMemory } from './recover/think-splitter.ts'
import type { Asked } from './reply/chat-reply.ts'
import { type RequestBody, requestBody } from './request/request-body.ts'
import { type LearnedCompat, learnedCompatOf, serverCompatOf } from './servers/learned-compat.ts'
import { listModels } from './servers/models.ts'
import { type Quirks, quirksOf } from './servers/quirks.ts'
import { serverSlots, tellsSlots } from './servers/server-slots.ts'
import { type Timeouts, timeoutsOf } from './servers/timeouts.ts'

export interface BackendOptions {
  profile: Profile
  /** Resolved already; null = none. */
  key: string | null
  /** The text of the profile's CA file. */
  ca?: string
  userAgent?: string
  /** HTTP_PROXY, HTTPS_PROXY, NO_PROXY; default the process's. */
  env?: Readonly<Record<string, string | undefined>>
  retry?: RetryOptions
  /** How long `[DONE]` and usage are waited for after the finish. */
  graceMs?: number
  /** The longest frame of a stream in characters. */
  frameLimit?: number
}

/** Makes the client of a server. Throws `BackendError` `invalid-input` when the base URL is none. */
export function createBackend(options: BackendOptions): Backend {
  return new OpenAICompatibleClient(options)
}

/** A client of `/chat/completions` for one profile; holds its connections. */
export class OpenAICompatibleClient implements Backend {
  readonly #options: BackendOptions
  readonly #agent: Connections
  readonly #server: Server
  readonly #headers: Record<string, string>
  readonly #timeouts: Timeouts
  readonly #quirks: Quirks
  readonly #delays: RetryDelays
  readonly #native: boolean
  #connections = 0
  readonly allotment?: (signal: AbortSignal) => Promise<ContextAllotment>
  readonly slots?: (signal: AbortSignal) => Promise<number | null>
  readonly #compat: LearnedCompat
  readonly #thinking: ThinkMemory = { opensItself: false }

  constructor(options: BackendOptions) {
    const { profile, userAgent } = options
    // Keys are pasted, and come with the newline of a file.
    const key = options.key?.trim() || null
    const given = resolveBaseUrl(profile.baseUrl, profile)
    this.#native = speaksNative(profile)
    // The native route does not tell that the `/v1` of the list is missing.
    const address = (this.#native ? withVersion(given) : null) ?? given
    this.#options = options
    this.#compat = learnedCompatOf(profile)
    this.#quirks = quirksOf(profile.kind)
    this.#timeouts = timeoutsOf(profile, isLocalHost(new URL(address.base).hostname))
    this.#delays = new RetryDelays(options.retry)
    this.#server = { name: profile.name, model: profile.model, kind: profile.kind, address, key }
    this.#agent = openConnections(address, {
      connectMs: this.#timeouts.connectMs,
      env: options.env ?? process.env,
      onConnect: () => {
        this.#connections++
      },
      ...(options.ca !== undefined && { ca: options.ca }),
    })
    this.#headers = {
      accept: 'text/event-stream, application/json',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      'user-agent': userAgent ?? 'claw-code-agent',
      ...(key && { authorization: `Bearer ${key}` }),
      ...this.#quirks.headers,
      ...lowerCased(profile.headers ?? {}),
    }
    const connection = { agent: this.#agent, server: this.#server, headers: this.#headers }
    if (tellsSlots(profile.kind)) this.slots = (signal) => serverSlots(connection, signal)
    if (profile.kind === 'ollama') this.allotment = (signal) => allottedWindow(connection, signal)
  }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<StreamEvent, void, undefined> {
    const planner = new AttemptPlanner({
      server: this.#server,
      compat: this.#compat,
      delays: this.#delays,
      attempts: this.#options.retry?.attempts ?? this.#quirks.attempts,
      loadingMs: this.#timeouts.firstByteMs,
    })
    const { wholeMs } = this.#timeouts
    const endsAt = wholeMs === undefined ? undefined : performance.now() + wholeMs
    let asked = request
    for (;;) {
      const body = this.#body(asked)
      const attempt = this.#attempt(asked, body, signal, endsAt)
      let error: AttemptError
      try {
        await attempt.open()
        for (;;) {
          const events = await attempt.next()
          if (!events) return
          for (const event of events) yield event
        }
      } catch (thrown) {
        if (!(thrown instanceof AttemptError)) throw thrown
        error = thrown
      } finally {
        await attempt.close()
      }
      const next = attempt.started || signal.aborted ? null : planner.after(error, asked, body)
      if (!next || (endsAt !== undefined && performance.now() + next.waitMs >= endsAt)) throw error
      yield* next.whileWaiting
      if (next.waitMs > 0) await this.#wait(next.waitMs, signal)
      yield* next.afterWait
      asked = next.request
    }
  }

  /** What the server lists, with windows and prices where it tells. Throws `BackendError`. */
  async listModels(signal: AbortSignal): Promise<ModelInfo[]> {
    const connection = { agent: this.#agent, server: this.#server, headers: this.#headers }
    try {
      return await listModels(connection, signal)
    } catch (error) {
      const wrongPath = error instanceof AttemptError && error.remedy.wrongPath
      const versioned = wrongPath ? withVersion(this.#server.address) : null
      if (!versioned) throw error
      const models = await listModels({ ...connection, server: { ...this.#server, address: versioned } }, signal)
      this.#server.address = versioned
      return models
    }
  }

  learned(): ServerCompat | null {
    return serverCompatOf(this.#compat, this.#options.profile)
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  #body(request: ChatRequest): RequestBody {
    const { profile } = this.#options
    return this.#native ? nativeBody(request, profile, this.#compat) : requestBody(request, profile, this.#compat)
  }

  #attempt(request: ChatRequest, body: RequestBody, signal: AbortSignal, endsAt: number | undefined): ChatAttempt {
    const { base, query } = this.#server.address
    const route = this.#native ? `${serverRoot(base)}/api/chat` : `${base}/chat/completions`
    const asked: Asked = {
      server: this.#server,
      maxTokens: body.maxTokens,
      tools: request.tools,
      thinking: this.#thinking,
      wasRead: (words) => wasRead(request, words),
      joinPieces: request.joinPieces ?? false,
      requiresArguments: (name) => requiresArguments(request, name),
    }
    return new ChatAttempt(
      {
        agent: this.#agent,
        server: this.#server,
        request: { method: 'POST', url: `${route}${query}`, headers: this.#headers, body: body.text },
        asked,
        native: this.#native,
        timeouts: this.#timeouts,
        ...(endsAt !== undefined && { endsAt }),
        graceMs: this.#options.graceMs ?? 3000,
        frameLimit: this.#options.frameLimit ?? 32_000_000,
        connections: () => this.#connections,
        retryAfter: (header) => this.#delays.retryAfter(header),
      },
      signal,
    )
  }

  async #wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#delays.wait(milliseconds, signal)
    } catch (error) {
      throw new AttemptError(failure('aborted', 'The request was stopped.'), {}, { cause: error })
    }
  }
}

/** Asked only of a call that was found in a text, which is seldom. */
function wasRead({ messages }: ChatRequest, words: string): boolean {
  const wanted = words.replace(/\s+/g, ' ').trim()
  return messages.some(({ role, content }) => role === 'tool' && content.replace(/\s+/g, ' ').includes(wanted))
}

function requiresArguments({ tools }: ChatRequest, name: string): boolean {
  const required = tools.find((tool) => tool.name === name)?.parameters.required
  return Array.isArray(required) && required.length > 0
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
