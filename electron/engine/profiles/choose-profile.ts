import { FailureError, failure } from '#shared/failure.ts'
import { ProfileId } from '#shared/ids.ts'
import { presets } from '#shared/profile/presets.ts'
import type { BackendKind, FoundServer, Profile } from '#shared/profile/profile.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { DEMO_ID, ENVIRONMENT_ID } from './built-in-profiles.ts'

/**
 * The profile that answers a new chat: what the person chose while this process runs, the environment, the saved default,
 * the first saved profile. `null` = nothing is configured. A choice whose profile is gone does not count, and the demo only
 * where nothing else is configured.
 */
export function activeProfile(
  profiles: readonly Profile[],
  chosenId: ProfileId | null,
  defaultId: ProfileId | null,
): Profile | null {
  const real = profiles.filter(({ id }) => id !== DEMO_ID)
  const byId = (id: ProfileId | null) => real.find((profile) => profile.id === id)
  const saved = real.find(({ id }) => id !== ENVIRONMENT_ID)
  const demo = chosenId === DEMO_ID || defaultId === DEMO_ID ? profiles.find(({ id }) => id === DEMO_ID) : undefined
  return byId(chosenId) ?? byId(ENVIRONMENT_ID) ?? byId(defaultId) ?? saved ?? demo ?? null
}

/** The default after profiles were added: it stays, unless there was none or only the demo. */
export function defaultAfterAdding(
  { defaultProfileId, profiles }: Pick<Settings, 'defaultProfileId' | 'profiles'>,
  added: ProfileId | undefined,
): ProfileId | null {
  // Without a choice the first one answers: one that is added behind it takes nothing over.
  const isOpen = defaultProfileId === DEMO_ID || (defaultProfileId === null && profiles.length === 0)
  return isOpen ? (added ?? defaultProfileId) : defaultProfileId
}

/** Of the servers on the usual ports, the one most likely meant when nothing is configured. */
const preference: readonly BackendKind[] = ['vllm', 'ollama', 'litellm', 'llama-server', 'lm-studio']

/** The profile for a found server that can answer right now, or null: one without models wants a key, or has none yet. */
export function profileFromFound(servers: readonly FoundServer[], taken: readonly Profile[]): Profile | null {
  const rank = ({ kind }: FoundServer) => (preference.includes(kind) ? preference.indexOf(kind) : preference.length)
  const usable = servers.filter(({ state, models }) => state === 'ready' && models.length > 0)
  const [server] = usable.sort((a, b) => rank(a) - rank(b))
  if (!server) return null
  const preset = presets.find(({ kind }) => kind === server.kind && kind !== 'custom')
  return {
    id: freeId(server.kind, taken),
    // A server that says nothing about itself is called by where it is.
    name: freeName(preset?.name ?? new URL(server.baseUrl).host, taken),
    kind: server.kind,
    baseUrl: server.baseUrl,
    model: server.models.some(({ id }) => id === preset?.model) ? (preset?.model ?? '') : '',
    key: { source: 'none' },
  }
}

/**
 * A profile by id, by name in any case, or by a prefix of either that fits only one.
 * `FailureError`: `not-found` with what there is, `invalid-input` with the candidates.
 */
export function findProfile(profiles: readonly Profile[], wanted: string): Profile {
  const text = wanted.trim().toLowerCase()
  const exact = profiles.find(({ id }) => id === text) ?? profiles.find(({ name }) => name.toLowerCase() === text)
  if (exact) return exact
  const fitting = profiles.filter(
    ({ id, name }) => text && (id.startsWith(text) || name.toLowerCase().startsWith(text)),
  )
  const [only] = fitting
  if (only && fitting.length === 1) return only
  if (only) {
    throw new FailureError(
      failure('invalid-input', `"${wanted}" fits more than one profile: ${names(fitting)}. Write more of it.`),
    )
  }
  throw new FailureError(failure('not-found', `There is no profile "${wanted}". There are: ${names(profiles)}.`))
}

function names(profiles: readonly Profile[]): string {
  return profiles.map(({ id }) => id).join(', ')
}

function freeId(wanted: string, taken: readonly Profile[]): ProfileId {
  return ProfileId.parse(firstFree(wanted, '-', (text) => taken.some(({ id }) => id === text)))
}

function freeName(wanted: string, taken: readonly Profile[]): string {
  return firstFree(wanted, ' ', (text) => taken.some(({ name }) => name.toLowerCase() === text.toLowerCase()))
}

export function firstFree(wanted: string, joint: string, isTaken: (text: string) => boolean): string {
  let text = wanted
  for (let number = 2; isTaken(text); number++) text = `${wanted}${joint}${number}`
  return text
}
