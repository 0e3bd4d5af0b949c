import methods from 'undici/lib/api/index.js'
import buildConnector from 'undici/lib/core/connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'

// The parts of undici that speak HTTP. Its index loads all the rest as well (fetch, cookies, WebSocket, caches, mocks), and
// with the cookies the copy of undici that is in Node: a quarter of what our program needs to start.
// As the index does: what sends a request, or opens the tunnel of a proxy.
Object.assign(Dispatcher.prototype, methods)

export { Agent, buildConnector, EnvHttpProxyAgent }
