// @ts-check
import { setTimeout as delay } from 'node:timers/promises'
import { openRouterChecks } from './openrouter-checks.mjs'
import { openRouterStandIn } from './openrouter-stand-in.mjs'
import { installServer, ServerProcess, startServer } from './server-process.mjs'
import { longStream, noTools, reasoningField, toolsRefused, twoServers, windowTooSmall } from './variant-checks.mjs'

/**
 * @typedef {object} Facts what is a server's own way (and no fault of ours)
 * @property {boolean} [servesAnyModel] it does not look at the name of the model
 * @property {boolean} [cutsSilently] a prompt longer than the window is answered all the same
 *
 * @typedef {Pick<ServerProcess, 'address' | 'key' | 'fetch' | 'stop' | 'kill'>} Server
 *
 * @typedef {object} Column one way to run a server
 * @property {string} name
 * @property {string[]} servers what has to be installed, the one that is talked to last
 * @property {string} kind of the profile
 * @property {boolean} [stands] in for a server that cannot be had, in front of the last of `servers`
 * @property {Facts} [facts]
 * @property {string} [endless] JSON members of a request that keep the server from ending an answer: by itself the small
 *   model ends what should have no end after some 200 tokens, which are over before anybody can press Stop
 * @property {string} [model] default: the small one
 * @property {string} [path] between its address and `/chat/completions`; default `/v1`
 * @property {string[]} [profile] more flags of `claw profiles add`
 * @property {readonly import('./checks.mjs').Check[]} [own] only these; default: the whole journey
 * @property {readonly import('./checks.mjs').Check[]} [more] after the journey through the terminal
 * @property {boolean} [window] whether the window drives it as well; default true
 * @property {boolean} [realLanguage] it speaks it, and does not follow the scripts of the small model
 * @property {() => Promise<Server[]>} start in the order of `servers`
 * @property {(servers: Server[]) => Promise<boolean>} isQuiet whether it generates nothing
 *
 * @typedef {object} Live what a check has
 * @property {import('./person.mjs').Person} person with the profiles `live`, `endless` (no answer ends by itself, where that can be had), `short` (answers of 12 tokens), `stranger` (a wrong key), `direct` (past a recorder)
 * @property {Server} server the one that is talked to
 * @property {Server[]} servers it, and before it what it needs
 * @property {Facts} facts
 * @property {() => Promise<string | null>} idle waits until the server generates nothing; a reason when it goes on
 */

const KEY = 'sk-live-test'
const endless = '{"ignore_eos": true}'
/** Tokens; the journey needs about 3,000. */
const OLLAMA_WINDOW = 4096

/** On `/v1` it cannot be asked to refuse what does not fit; by its own route the client asks for that. */
const ollamaFacts = { cutsSilently: true }

/** @type {Column[]} */
export const columns = [
  {
    name: 'llama-server',
    endless,
    servers: ['llama-server'],
    kind: 'llama-server',
    facts: { servesAnyModel: true },
    start: async () => [await startOther()],
    isQuiet: ([server]) => llamaIsQuiet(server),
  },
  {
    name: 'ollama /v1',
    servers: ['ollama'],
    kind: 'ollama',
    facts: ollamaFacts,
    start: async () => [await startServer('ollama', { env: { OLLAMA_CONTEXT_LENGTH: String(OLLAMA_WINDOW) } })],
    isQuiet: ([server]) => ollamaIsQuiet(server),
  },
  {
    name: 'ollama native',
    servers: ['ollama'],
    kind: 'ollama',
    profile: ['--context-window', '6144'],
    start: async () => [await startServer('ollama')],
    isQuiet: ([server]) => ollamaIsQuiet(server),
  },
  {
    name: 'vllm',
    endless,
    servers: ['vllm'],
    kind: 'vllm',
    start: async () => [await startServer('vllm', { key: KEY })],
    isQuiet: ([server]) => vllmIsQuiet(server),
  },
  {
    name: 'litellm',
    endless,
    servers: ['llama-server', 'litellm'],
    kind: 'litellm',
    start: async () => withLiteLlm(await startOther(), 'openai/small'),
    isQuiet: ([upstream]) => llamaIsQuiet(upstream),
  },
  {
    name: 'openrouter stand-in',
    endless,
    servers: ['llama-server'],
    kind: 'openrouter',
    stands: true,
    path: '/api/v1',
    more: openRouterChecks,
    start: async () => {
      const upstream = await startOther()
      return [upstream, await openRouterStandIn(upstream, KEY)]
    },
    isQuiet: ([upstream]) => llamaIsQuiet(upstream),
  },
  {
    name: 'litellm over ollama',
    servers: ['ollama', 'litellm'],
    kind: 'litellm',
    facts: ollamaFacts,
    window: false,
    start: async () => {
      const upstream = await startServer('ollama', { env: { OLLAMA_CONTEXT_LENGTH: String(OLLAMA_WINDOW) } })
      return withLiteLlm(upstream, 'ollama_chat/small', '')
    },
    isQuiet: ([upstream]) => ollamaIsQuiet(upstream),
  },
  {
    name: 'litellm over vllm',
    endless,
    servers: ['vllm', 'litellm'],
    kind: 'litellm',
    window: false,
    start: async () => withLiteLlm(await startServer('vllm', { key: KEY }), 'hosted_vllm/small'),
    isQuiet: ([upstream]) => vllmIsQuiet(upstream),
  },
  {
    name: 'vllm with a reasoning parser',
    servers: ['vllm'],
    kind: 'vllm',
    own: reasoningField,
    start: async () => [await startServer('vllm', { flags: ['--reasoning-parser', 'qwen3'] })],
    isQuiet: ([server]) => vllmIsQuiet(server),
  },
  {
    name: 'vllm without tools',
    servers: ['vllm'],
    kind: 'vllm',
    own: toolsRefused(['--enable-auto-tool-choice', '--tool-call-parser']),
    start: async () => [await startServer('vllm', { flags: ['--no-enable-auto-tool-choice'] })],
    isQuiet: ([server]) => vllmIsQuiet(server),
  },
  {
    name: 'ollama without tools',
    servers: ['ollama'],
    kind: 'ollama',
    model: 'plain',
    own: toolsRefused(['"plain" cannot call tools']),
    start: async () => [await startServer('ollama')],
    isQuiet: ([server]) => ollamaIsQuiet(server),
  },
  {
    name: 'ollama with a small num_ctx',
    servers: ['ollama'],
    kind: 'ollama',
    profile: ['--context-window', '1024'],
    own: windowTooSmall,
    start: async () => [await startServer('ollama')],
    isQuiet: ([server]) => ollamaIsQuiet(server),
  },
  {
    name: 'llama-server with SmolLM2',
    servers: ['smollm2', 'llama-server'],
    kind: 'llama-server',
    model: 'smollm2',
    own: [...longStream, ...noTools],
    realLanguage: true,
    start: async () => [await startServer('llama-server', { key: KEY, env: { MODEL: 'smollm2' }, model: 'smollm2' })],
    isQuiet: ([server]) => llamaIsQuiet(server),
  },
  {
    name: 'ollama, then vllm',
    servers: ['ollama', 'vllm'],
    kind: 'vllm',
    own: twoServers,
    start: async () => [await startServer('ollama'), await startServer('vllm', { key: KEY })],
    isQuiet: ([, server]) => vllmIsQuiet(server),
  },
]

/** The server whose sessions go on elsewhere, and which most others stand in front of. */
export function startOther() {
  return startServer('llama-server', { key: KEY })
}

/** @param {ServerProcess} upstream @param {string} model as LiteLLM names it, with how it talks to it @param {string} [path] */
async function withLiteLlm(upstream, model, path = '/v1') {
  const env = { UPSTREAM: `${upstream.address}${path}`, UPSTREAM_KEY: upstream.key ?? 'none', UPSTREAM_MODEL: model }
  return [upstream, await startServer('litellm', { key: KEY, env })]
}

/** @param {Column} column @returns {Promise<string>} the versions of all its servers */
export async function install({ servers }) {
  const versions = []
  for (const name of servers) versions.push(`${name} ${await installServer(name)}`)
  return versions.reverse().join(' over ')
}

/** @param {() => Promise<boolean>} isQuiet @returns {Promise<string | null>} */
export async function becomesQuiet(isQuiet) {
  const began = performance.now()
  while (performance.now() - began < 5000) {
    if (await isQuiet()) return null
    await delay(50)
  }
  return 'still generating after 5 s'
}

/** @param {Server | undefined} server */
async function llamaIsQuiet(server) {
  const slots = /** @type {{ is_processing: boolean }[]} */ (await (await need(server).fetch('/slots')).json())
  return slots.every((slot) => !slot.is_processing)
}

/** @param {Server | undefined} server */
async function vllmIsQuiet(server) {
  const metrics = await (await need(server).fetch('/metrics')).text()
  const counts = [...metrics.matchAll(/^vllm:num_requests_(?:running|waiting)\{.*\} (\S+)$/gm)]
  return counts.length > 0 && counts.every(([, count]) => Number(count) === 0)
}

/** It tells nothing; but it answers one at a time, so that an answer at once means that the one before it is over. */
async function ollamaIsQuiet(/** @type {Server | undefined} */ server) {
  const messages = [{ role: 'user', content: 'hello' }]
  const body = JSON.stringify({ model: 'small', messages, max_tokens: 2 })
  const init = { method: 'POST', body, signal: AbortSignal.timeout(5000) }
  return (await need(server).fetch('/v1/chat/completions', init)).ok
}

/** @param {Server | undefined} server */
function need(server) {
  if (!server) throw new Error('The server was not started.')
  return server
}
