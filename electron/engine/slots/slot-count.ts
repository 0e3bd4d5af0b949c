import { createHash } from 'node:crypto'
import type { BackendKind, Profile } from '#shared/profile/profile.ts'
import type { Backend } from '../backend/contract/backend.ts'
import { resolveBaseUrl } from '../backend/contract/resolve-base-url.ts'

/**
 * How many answers a server writes at once where neither the profile nor the server says. A kind that is not here
 * queues by itself as it likes, far away, and is not limited. vLLM shares its memory among all answers: a few of one
 * person fit, fifty push each other out.
 */
const usual: Partial<Record<BackendKind, number>> = { vllm: 4, ollama: 1, 'llama-server': 1, 'lm-studio': 1 }

/**
 * How many calls the server of a profile takes at once; null = without a limit. Never throws: a server that does not answer
 * says so when it is called.
 */
export async function slotCount(profile: Profile, backend: Backend, signal: AbortSignal): Promise<number | null> {
  const known = knownSlots(profile)
  if (known !== undefined) return known
  try {
    return (await backend.slots?.(signal)) ?? usual[profile.kind] ?? null
  } catch {
    // Gone, busy or older: the call itself will tell.
    return usual[profile.kind] ?? null
  }
}

/** Known without a question; null = without a limit, undefined = the server has to be asked. */
export function knownSlots({ slots, kind }: Pick<Profile, 'slots' | 'kind'>): number | null | undefined {
  if (slots !== undefined) return slots
  if (kind === 'llama-server' || kind === 'lm-studio') return undefined
  return usual[kind] ?? null
}

/**
 * The name of the folder of a server's queue: the same for all profiles and models of one address, because they share
 * the hardware behind it. Throws `BackendError` `invalid-input`.
 */
export function serverKey({ baseUrl, plainHttp }: Pick<Profile, 'baseUrl' | 'plainHttp'>): string {
  const { base } = resolveBaseUrl(baseUrl, { plainHttp: plainHttp ?? false })
  const { protocol, hostname, port, pathname } = new URL(base)
  const host = loopback.has(hostname) ? 'localhost' : hostname
  const address = `${host}:${port || (protocol === 'https:' ? 443 : 80)}${pathname.replace(/\/(v1)?$/, '')}`
  const hash = createHash('sha256').update(address).digest('hex').slice(0, 10)
  return `${host.replace(/[^a-z0-9.-]/g, '').slice(0, 40)}-${hash}`
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0'])
