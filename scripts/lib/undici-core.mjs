// @ts-check
// The part of undici that the engine uses: connections, directly or by a proxy, and `request`. The package's own index also
// loads fetch, web sockets, caches and test doubles, which is half of what the terminal program would have to start.
// The build puts this file in the place of `undici` (vite.node.config.ts); the tests of the built program drive it.
import request from 'undici/lib/api/api-request.js'
import buildConnector from 'undici/lib/core/connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'

/**
 * As `undici.request`, where a dispatcher is given.
 *
 * @param {string} url
 * @param {{ dispatcher: import('undici').Dispatcher, method: string }} options
 */
function requestFrom(url, { dispatcher, ...options }) {
  const { origin, pathname, search } = new URL(url)
  return request.call(dispatcher, { ...options, origin, path: `${pathname}${search}` })
}

export { Agent, buildConnector, EnvHttpProxyAgent, requestFrom as request }
