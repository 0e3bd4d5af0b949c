import type { buildConnector, Dispatcher } from 'undici'
import { failure } from '#shared/failure.ts'
import { AttemptError } from '../contract/backend-error.ts'
import { type Address, isLocalHost } from '../contract/resolve-base-url.ts'
import { withoutContinue } from './interim-answers.ts'
import { loadUndici } from './undici.ts'

export interface ConnectionOptions {
  connectMs: number
  env: Readonly<Record<string, string | undefined>>
  /** Certificates in PEM that are trusted beside the usual ones. */
  ca?: string
  /** A connection was opened; not told behind a proxy. */
  onConnect?(): void
}

/** The connections to one server. */
export interface Connections {
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>
  /** Ends all of them, and what goes on over them; a request that comes later is rejected. */
  destroy(): Promise<void>
}

/**
 * The connections to one server, through HTTP_PROXY, HTTPS_PROXY and NO_PROXY where they are set. A host of one's own
 * is never behind the proxy: few people think of putting 127.0.0.1 into NO_PROXY. Nothing is loaded or opened before the
 * first request.
 */
export function openConnections(address: Address, options: ConnectionOptions): Connections {
  let opened: Promise<Dispatcher> | undefined
  let isDestroyed = false
  async function open(): Promise<Dispatcher> {
    const dispatcher = await dispatcherFor(address, options)
    if (isDestroyed) await dispatcher.destroy()
    return dispatcher
  }
  return {
    async request(asked) {
      opened ??= open()
      const dispatcher = await opened
      return dispatcher.request(asked)
    },
    async destroy() {
      isDestroyed = true
      // One that could not be opened was told to whoever made the request.
      const dispatcher = await opened?.catch(() => null)
      await dispatcher?.destroy()
    },
  }
}

async function dispatcherFor({ base }: Address, options: ConnectionOptions): Promise<Dispatcher> {
  const { connectMs, env, ca, onConnect } = options
  const { Agent, buildConnector, EnvHttpProxyAgent } = await loadUndici()
  // Our own timers know comments from progress; undici's do not (docs/servers.md B.8).
  const tls = ca === undefined ? {} : { ca: [...(await import('node:tls')).rootCertificates, ca] }
  const connect = { timeout: connectMs, ...tls }
  const timeouts = { headersTimeout: 0, bodyTimeout: 0 }
  const httpProxy = env.http_proxy || env.HTTP_PROXY
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY
  if (isLocalHost(new URL(base).hostname) || !(httpProxy || httpsProxy))
    return new Agent({ ...timeouts, connect: told(withoutContinue(buildConnector(connect)), onConnect) })
  for (const proxy of [httpProxy, httpsProxy]) {
    if (proxy && !URL.canParse(proxy)) throw new AttemptError(failure('invalid-input', noProxyUrl(proxy)))
  }
  return new EnvHttpProxyAgent({
    ...timeouts,
    connect,
    requestTls: tls,
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
  })
}

/** Without user and password, which it may hold. */
function noProxyUrl(proxy: string): string {
  const shown = proxy.replace(/^.*@/, '…@')
  return `The address of the proxy in the environment, "${shown}", is not a URL. Correct HTTP_PROXY or HTTPS_PROXY, such as http://proxy:3128, or take it away.`
}

function told(connector: buildConnector.connector, onConnect: () => void = () => undefined): buildConnector.connector {
  return (options, callback) => {
    onConnect()
    connector(options, callback)
  }
}
