let loaded: Promise<Undici> | undefined

export type Undici = Awaited<ReturnType<typeof load>>

/** The parts of undici that speak HTTP, loaded when the first request is made: much of what a program does needs none. */
export function loadUndici(): Promise<Undici> {
  loaded ??= load()
  return loaded
}

// Its index loads all the rest as well (fetch, cookies, WebSocket, caches, mocks), and with the cookies the copy of undici
// that is in Node: a quarter of what our program needs to start.
async function load() {
  const [methods, connect, agent, dispatcher, proxyAgent] = await Promise.all([
    import('undici/lib/api/index.js'),
    import('undici/lib/core/connect.js'),
    import('undici/lib/dispatcher/agent.js'),
    import('undici/lib/dispatcher/dispatcher.js'),
    import('undici/lib/dispatcher/env-http-proxy-agent.js'),
  ])
  // As the index does: what sends a request, or opens the tunnel of a proxy.
  Object.assign(dispatcher.default.prototype, methods.default)
  return { Agent: agent.default, buildConnector: connect.default, EnvHttpProxyAgent: proxyAgent.default }
}
