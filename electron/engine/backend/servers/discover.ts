import { isRecord, parseJson } from '#shared/lib/json.ts'
import type { BackendKind, FoundServer } from '#shared/profile/profile.ts'
import { type Address, resolveBaseUrl, withVersion } from '../contract/resolve-base-url.ts'
import { serverRoot } from '../contract/server-root.ts'
import { readText, send } from '../http/http-exchange.ts'
import { type Connections, openConnections } from '../http/open-connections.ts'
import { listedModels, modelInfo } from './models.ts'

/** Where vLLM, Ollama, LiteLLM, llama-server and LM Studio usually listen (docs/servers.md A). */
const usualPorts: readonly number[] = [8000, 11434, 4000, 8080, 1234]

/** `CLAW_LOCAL_PORTS`: ports with commas, `none`; unset = the usual ones. */
export function localPorts(env: Readonly<Record<string, string | undefined>>): readonly number[] {
  const text = env.CLAW_LOCAL_PORTS?.trim()
  if (!text) return usualPorts
  return text
    .split(',')
    .map(Number)
    .filter((port) => Number.isInteger(port) && port > 0 && port < 65536)
}

/** All is asked at once; what has not answered by then is not there. Milliseconds. */
const LOOK_MS = 1500

/** The servers on ports of 127.0.0.1, in the order of the ports. Does not throw. */
export async function discoverLocalServers(ports: readonly number[]): Promise<FoundServer[]> {
  const found = await Promise.all(ports.map((port) => identifyServer(`http://127.0.0.1:${port}/v1`, null)))
  return found.filter((server) => server !== null)
}

/**
 * What answers at a base URL, told by what only it says (docs/servers.md A); null = no OpenAI-compatible server. Never loads
 * a model. Throws `BackendError` `invalid-input` when the address is none.
 */
export async function identifyServer(baseUrl: string, key: string | null, ca?: string): Promise<FoundServer | null> {
  const address = resolveBaseUrl(baseUrl)
  const agent = openConnections(address, { connectMs: LOOK_MS, env: process.env, ...(ca !== undefined && { ca }) })
  const signal = AbortSignal.timeout(LOOK_MS)
  const headers: Record<string, string> = { accept: 'application/json', ...(key && { authorization: `Bearer ${key}` }) }
  const ask = (url: string) => askServer(agent, url, headers, signal)
  try {
    return (await identify(address, ask)) ?? (await identify(withVersion(address), ask))
  } finally {
    await agent.destroy()
  }
}

type Ask = (url: string) => Promise<Answer | null>

async function identify(address: Address | null, ask: Ask): Promise<FoundServer | null> {
  if (!address) return null
  const { base, query } = address
  const models = await ask(`${base}/models${query}`)
  if (!models) return null
  const root = serverRoot(base)
  const kind = new URL(base).hostname === 'openrouter.ai' ? 'openrouter' : await kindOf(root, models, ask)
  return foundServer(kind, base, models)
}

interface Answer {
  status: number
  text: string
  /** undefined = not JSON. */
  json: unknown
}

function foundServer(kind: BackendKind | null, baseUrl: string, answer: Answer): FoundServer | null {
  const entries = answer.status === 200 ? listedModels(answer.json) : null
  const loading = answer.status === 503 && /loading/i.test(answer.text)
  // A list, a model that loads, or a server that wants a key; anything else is some other program.
  if (!entries && !loading && !(kind && (answer.status === 401 || answer.status === 403))) {
    if (kind === null || answer.status === 200) return null
  }
  const models = (entries ?? []).map(modelInfo)
  const starting = loading || answer.status === 503 || (kind === 'vllm' && entries !== null && models.length === 0)
  return { kind: kind ?? 'custom', baseUrl, state: starting ? 'loading' : 'ready', models }
}

/** The routes that tell servers apart, asked at once. Some servers answer 200 to anything: the content decides. */
async function kindOf(root: string, models: Answer, ask: Ask): Promise<BackendKind | null> {
  const owner = ownerOf(models)
  const known = owner === undefined ? undefined : owners[owner]
  if (known) return known
  const [ollama, vllm, llama, litellm, studio] = await Promise.all(
    ['/api/version', '/version', '/props', '/health/liveliness', '/api/v0/models'].map((path) => ask(`${root}${path}`)),
  )
  if (has(ollama, 'version')) return 'ollama'
  if (has(llama, 'default_generation_settings') || has(llama, 'total_slots')) return 'llama-server'
  if (models.status === 503 && /Loading model/.test(models.text)) return 'llama-server'
  if (litellm?.status === 200 && /I'm alive/i.test(litellm.text)) return 'litellm'
  if (studio?.status === 200 && listedModels(studio.json)) return 'lm-studio'
  if (has(vllm, 'version')) return 'vllm'
  return null
}

/** `owned_by` as servers fill it in. */
const owners: Readonly<Record<string, BackendKind>> = { vllm: 'vllm', llamacpp: 'llama-server', library: 'ollama' }

function ownerOf({ json }: Answer): string | undefined {
  const [first] = listedModels(json) ?? []
  return typeof first?.owned_by === 'string' ? first.owned_by : undefined
}

function has(answer: Answer | null | undefined, key: string): boolean {
  return answer?.status === 200 && isRecord(answer.json) && answer.json[key] !== undefined
}

/** Asks a server one thing; null = nobody answered in time, or not in HTTP. */
async function askServer(
  agent: Connections,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer | null> {
  try {
    const response = await send(agent, { method: 'GET', url, headers, signal })
    const text = await readText(response.body, 4_000_000)
    return { status: response.statusCode, text, json: parseJson(text) }
  } catch {
    // Refused, silent or no HTTP at all: nothing that we could talk to.
    return null
  }
}
