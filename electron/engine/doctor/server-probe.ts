import { failure } from '#shared/failure.ts'
import { parseJson } from '#shared/lib/json.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { AttemptError } from '../backend/contract/backend-error.ts'
import { resolveBaseUrl } from '../backend/contract/resolve-base-url.ts'
import type { Server } from '../backend/contract/server.ts'
import { serverRoot } from '../backend/contract/server-root.ts'
import { classifyError } from '../backend/errors/classify-error.ts'
import { readErrorBody } from '../backend/errors/server-error.ts'
import { transportError } from '../backend/errors/transport-error.ts'
import { readText, send } from '../backend/http/http-exchange.ts'
import { type Connections, openConnections } from '../backend/http/open-connections.ts'
import { quirksOf } from '../backend/servers/quirks.ts'

export interface ProbeAnswer {
  status: number
  text: string
  /** undefined = not JSON. */
  json: unknown
  ms: number
}

export interface ProbeOptions {
  profile: Profile
  key: string | null
  /** Certificates in PEM that are trusted beside the usual ones. */
  ca: string | undefined
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
}

const ANSWER_LIMIT = 16_000_000
const ANSWER_MS = 10_000

/** Single requests to a server, read as they are: for what a client of chats does not look at. */
export class ServerProbe {
  readonly server: Server
  readonly #agent: Connections
  readonly #headers: Record<string, string>
  readonly #signal: AbortSignal

  /** Throws `BackendError` `invalid-input` when the base URL is none. */
  constructor({ profile, key, ca, env, signal }: ProbeOptions) {
    const address = resolveBaseUrl(profile.baseUrl, profile)
    this.server = { name: profile.name, model: profile.model, kind: profile.kind, address, key }
    this.#agent = openConnections(address, {
      connectMs: profile.timeouts?.connectMs ?? ANSWER_MS,
      env,
      ...(ca !== undefined && { ca }),
    })
    this.#signal = signal
    this.#headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(key && { authorization: `Bearer ${key}` }),
      ...quirksOf(profile.kind).headers,
      ...Object.fromEntries(Object.entries(profile.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
    }
  }

  /** The address without its `/v1`, where most servers keep what is not OpenAI's. */
  get root(): string {
    return serverRoot(this.server.address.base)
  }

  /** Any status is an answer. Throws `AttemptError`: nobody answered, or `aborted`. */
  async ask(url: string, { body, ms = ANSWER_MS }: { body?: string; ms?: number } = {}): Promise<ProbeAnswer> {
    const began = performance.now()
    const limit = AbortSignal.timeout(ms)
    try {
      const response = await send(this.#agent, {
        method: body === undefined ? 'GET' : 'POST',
        url: `${url}${this.server.address.query}`,
        headers: this.#headers,
        signal: AbortSignal.any([this.#signal, limit]),
        ...(body !== undefined && { body }),
      })
      const text = await readText(response.body, ANSWER_LIMIT)
      return { status: response.statusCode, text, json: parseJson(text), ms: performance.now() - began }
    } catch (error) {
      if (this.#signal.aborted)
        throw new AttemptError(failure('aborted', 'The test was stopped.'), {}, { cause: error })
      if (limit.aborted) {
        const message = `${this.server.name} did not answer within ${ms / 1000} seconds. Is it busy?`
        throw new AttemptError(failure('timeout', message, { retryable: true }), {}, { cause: error })
      }
      throw transportError(error, this.server, false)
    }
  }

  /** What a side route of the server answers, as JSON where it is JSON; null = no such route. Rejects only with `aborted`. */
  async readJson(url: string, body?: unknown): Promise<unknown> {
    try {
      const answer = await this.ask(url, { ms: 3000, ...(body !== undefined && { body: JSON.stringify(body) }) })
      return answer.status === 200 ? (answer.json ?? answer.text) : null
    } catch (error) {
      if (this.#signal.aborted) throw error
      // An older version, or a proxy that lets only chats through.
      return null
    }
  }

  /** An answer that is an error, as a failure for a person. */
  refusal({ status, text }: ProbeAnswer): AttemptError {
    return classifyError(readErrorBody(text), status, this.server)
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}
