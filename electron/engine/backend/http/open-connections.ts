import { rootCertificates } from 'node:tls'
import type { Dispatcher } from 'undici'
import { type Address, isLocalHost } from '../contract/resolve-base-url.ts'
import { withoutContinue } from './interim-answers.ts'
import { Agent, buildConnector, EnvHttpProxyAgent } from './undici.ts'

export interface ConnectionOptions {
  connectMs: number
  env: Readonly<Record<string, string | undefined>>
  /** Certificates in PEM that are trusted beside the usual ones. */
  ca?: string
  /** A connection was opened; not told behind a proxy. */
  onConnect?(): void
}

/**
 * The connections to one server, through HTTP_PROXY, HTTPS_PROXY and NO_PROXY where they are set. A host of one's own
 * is never behind the proxy: few people think of putting 127.0.0.1 into NO_PROXY.
 */
export function openConnections({ base }: Address, { connectMs, env, ca, onConnect }: ConnectionOptions): Dispatcher {
  // Our own timers know comments from progress; undici's do not (docs/servers.md B.8).
  const tls = ca === undefined ? {} : { ca: [...rootCertificates, ca] }
  const connect = { timeout: connectMs, ...tls }
  const timeouts = { headersTimeout: 0, bodyTimeout: 0 }
  const httpProxy = env.http_proxy || env.HTTP_PROXY
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY
  if (isLocalHost(new URL(base).hostname) || !(httpProxy || httpsProxy))
    return new Agent({ ...timeouts, connect: told(withoutContinue(buildConnector(connect)), onConnect) })
  return new EnvHttpProxyAgent({
    ...timeouts,
    connect,
    requestTls: tls,
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
  })
}

function told(connector: buildConnector.connector, onConnect: () => void = () => undefined): buildConnector.connector {
  return (options, callback) => {
    onConnect()
    connector(options, callback)
  }
}
