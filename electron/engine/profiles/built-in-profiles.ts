import { ProfileId } from '#shared/ids.ts'
import { DEMO_LABEL } from '#shared/profile/presets.ts'
import { type BackendKind, Profile } from '#shared/profile/profile.ts'

export const ENVIRONMENT_ID = ProfileId.parse('environment')
export const DEMO_ID = ProfileId.parse('demo')

/** What answers without any model; its address is known once it runs. */
export const demoProfile: Profile = {
  id: DEMO_ID,
  name: `Demo (${DEMO_LABEL})`,
  kind: 'demo',
  baseUrl: '',
  model: 'demo',
  key: { source: 'none' },
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The profile that OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL describe, or null. Without an address a key and a
 * model together mean OpenAI itself; a key alone, which many have set for other programs, means nothing here.
 */
export function environmentProfile(env: Environment): Profile | null {
  const address = env.OPENAI_BASE_URL?.trim()
  const key = env.OPENAI_API_KEY?.trim()
  const model = env.OPENAI_MODEL?.trim() ?? ''
  const baseUrl = address || (key && model ? 'https://api.openai.com/v1' : '')
  if (!baseUrl) return null
  const profile = Profile.safeParse({
    id: ENVIRONMENT_ID,
    name: 'Environment',
    kind: kindOf(baseUrl),
    baseUrl: baseUrl.replace(/\/+$/, ''),
    model,
    key: key ? { source: 'env', name: 'OPENAI_API_KEY' } : { source: 'none' },
  })
  return profile.success ? profile.data : null
}

/** Only what the address tells for sure: OpenRouter's host, and the port that nothing but Ollama uses. */
function kindOf(baseUrl: string): BackendKind {
  if (!URL.canParse(baseUrl)) return 'custom'
  const { hostname, port } = new URL(baseUrl)
  if (hostname === 'openrouter.ai') return 'openrouter'
  return port === '11434' ? 'ollama' : 'custom'
}
