// @ts-check
import { createServer } from 'node:http'

/**
 * One request and what the server said to it.
 * @typedef {object} Exchange
 * @property {string} path
 * @property {Record<string, any>} request
 * @property {number} status
 * @property {string} contentType
 * @property {Record<string, string>} headers that the client looks at
 * @property {Buffer} body as far as it came
 */

/** Beside its type, what of the head of an answer says something to the client. */
const passedOn = ['x-litellm-response-cost', 'retry-after']

const ofTheConnection = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding'])

/** Stands between the client and a server, passes every byte on as it comes, and keeps a copy of the answers. */
export class Recorder {
  address = ''
  /** @type {Map<string, Exchange[]>} */
  exchanges = new Map()
  /** @type {Exchange[]} */
  #current = []
  #upstream
  #http

  /** @param {string} upstream */
  constructor(upstream) {
    this.#upstream = upstream
    this.#http = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy())
    })
  }

  async open() {
    await new Promise((resolve) => this.#http.listen(0, '127.0.0.1', () => resolve(undefined)))
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#http.address())
    this.address = `http://127.0.0.1:${port}`
    return this
  }

  /** What comes from now on belongs to this case. @param {string} name */
  begin(name) {
    this.#current = []
    this.exchanges.set(name, this.#current)
  }

  close() {
    this.#http.closeAllConnections()
    this.#http.close()
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #pass(request, response) {
    const list = this.#current
    const parts = []
    for await (const part of request) parts.push(part)
    const sent = Buffer.concat(parts)
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const headers = new Headers()
    for (const [name, value] of Object.entries(request.headers)) {
      if (typeof value === 'string' && !ofTheConnection.has(name)) headers.set(name, value)
    }
    const answer = await fetch(`${this.#upstream}${request.url}`, {
      method: request.method ?? 'GET',
      headers,
      signal: gone.signal,
      ...(sent.length > 0 && { body: sent }),
    })
    const contentType = answer.headers.get('content-type') ?? ''
    const kept = Object.fromEntries(
      passedOn.flatMap((name) => {
        const value = answer.headers.get(name)
        return value === null ? [] : [[name, value]]
      }),
    )
    response.writeHead(answer.status, { 'content-type': contentType, ...kept })
    /** @type {Buffer[]} */
    const received = []
    try {
      for await (const part of answer.body ?? []) {
        received.push(Buffer.from(part))
        response.write(part)
      }
      response.end()
    } finally {
      const path = request.url ?? ''
      const body = Buffer.concat(received)
      list.push({ path, request: read(sent), status: answer.status, contentType, headers: kept, body })
    }
  }
}

/** @param {Buffer} sent @returns {Record<string, any>} */
function read(sent) {
  return sent.length > 0 ? JSON.parse(sent.toString()) : {}
}
