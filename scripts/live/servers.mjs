// @ts-check
import { setTimeout as delay } from 'node:timers/promises'
import { installServer, ServerProcess, startServer } from './server-process.mjs'

/**
 * @typedef {object} Facts what is a server's own way (and no fault of ours)
 * @property {boolean} [servesAnyModel] it does not look at the name of the model
 * @property {boolean} [cutsSilently] a prompt longer than the window is answered all the same
 * @property {string[]} [straysIn] scripts that the small model does not follow there, and why stands beside them
 * @property {boolean} [refusesTools] it was started without them: nothing else is checked
 *
 * @typedef {object} Column one way to run a server
 * @property {string} name
 * @property {string[]} servers what has to be installed, the one that is talked to last
 * @property {string} kind of the profile
 * @property {Facts} facts
 * @property {string[]} [profile] more flags of `claw profiles add`
 * @property {() => Promise<ServerProcess[]>} start in the order of `servers`
 * @property {(servers: ServerProcess[]) => Promise<boolean>} isQuiet whether it generates nothing
 *
 * @typedef {object} Live what a check has
 * @property {import('./person.mjs').Person} person with the profiles `live`, `short` (answers of 12 tokens), `stranger` (a wrong key), `direct` (past a recorder)
 * @property {ServerProcess} server the one that is talked to
 * @property {ServerProcess[]} servers it, and before it what it needs
 * @property {Facts} facts
 * @property {boolean} hasDoctor
 * @property {() => Promise<string | null>} idle waits until the server generates nothing; a reason when it goes on
 */

const KEY = 'sk-live-test'
/** Tokens; the journey needs about 3,000. */
const OLLAMA_WINDOW = 4096

/** It writes the arguments of earlier calls into the prompt with sorted keys, which the small model was not taught. */
const ollamaFacts = { cutsSilently: true, straysIn: ['#fix'] }

/** @type {Column[]} */
export const columns = [
  {
    name: 'llama-server',
    servers: ['llama-server'],
    kind: 'llama-server',
    facts: { servesAnyModel: true },
    start: async () => [await startServer('llama-server', { key: KEY })],
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
    name: 'ollama with a window',
    servers: ['ollama'],
    kind: 'ollama',
    facts: ollamaFacts,
    profile: ['--context-window', '6144'],
    start: async () => [await startServer('ollama')],
    isQuiet: ([server]) => ollamaIsQuiet(server),
  },
  {
    name: 'litellm',
    servers: ['llama-server', 'litellm'],
    kind: 'litellm',
    facts: {},
    start: async () => {
      const upstream = await startServer('llama-server', { key: KEY })
      const env = { UPSTREAM: `${upstream.address}/v1`, UPSTREAM_KEY: KEY }
      return [upstream, await startServer('litellm', { key: KEY, env })]
    },
    isQuiet: ([upstream]) => llamaIsQuiet(upstream),
  },
  {
    name: 'vllm',
    servers: ['vllm'],
    kind: 'vllm',
    facts: {},
    start: async () => [await startServer('vllm', { key: KEY })],
    isQuiet: ([server]) => vllmIsQuiet(server),
  },
  {
    name: 'vllm without tools',
    servers: ['vllm'],
    kind: 'vllm',
    facts: { refusesTools: true },
    start: async () => [await startServer('vllm', { flags: ['--no-enable-auto-tool-choice'] })],
    isQuiet: ([server]) => vllmIsQuiet(server),
  },
]

/** The server whose sessions go on elsewhere. */
export function startOther() {
  return startServer('llama-server', { key: KEY })
}

/** @param {Column} column @returns {Promise<string>} the versions of all its servers */
export async function install({ servers }) {
  const versions = []
  for (const name of servers) versions.push(await installServer(name))
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

/** @param {ServerProcess | undefined} server */
async function llamaIsQuiet(server) {
  const slots = /** @type {{ is_processing: boolean }[]} */ (await (await need(server).fetch('/slots')).json())
  return slots.every((slot) => !slot.is_processing)
}

/** @param {ServerProcess | undefined} server */
async function vllmIsQuiet(server) {
  const metrics = await (await need(server).fetch('/metrics')).text()
  const counts = [...metrics.matchAll(/^vllm:num_requests_(?:running|waiting)\{.*\} (\S+)$/gm)]
  return counts.length > 0 && counts.every(([, count]) => Number(count) === 0)
}

/** It tells nothing; but it answers one at a time, so that an answer at once means that the one before it is over. */
async function ollamaIsQuiet(/** @type {ServerProcess | undefined} */ server) {
  const messages = [{ role: 'user', content: 'hello' }]
  const body = JSON.stringify({ model: 'small', messages, max_tokens: 2 })
  const init = { method: 'POST', body, signal: AbortSignal.timeout(5000) }
  return (await need(server).fetch('/v1/chat/completions', init)).ok
}

/** @param {ServerProcess | undefined} server */
function need(server) {
  if (!server) throw new Error('The server was not started.')
  return server
}
