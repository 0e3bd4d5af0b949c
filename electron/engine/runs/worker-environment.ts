import type { RunId } from '#shared/ids.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { RUN_MARKER } from '../lib/run-marker.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What names a backend or holds its key goes by the worker's input; nothing of it is in its environment. */
const BACKEND = /^(OPENAI_|CLAW_LOCAL_PORTS$|CLAW_DEMO_)/
/** Keys of whatever else: a worker has no use for them, and who looks at a process sees its environment. */
const SECRET = /(^|_)(API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i

/** The variables that the engine of a worker needs and its environment must not hold. */
export function handedOver(env: Environment, profiles: readonly Profile[]): Record<string, string> {
  const keys = new Set(profiles.flatMap(({ key }) => (key.source === 'env' ? [key.name] : [])))
  return filtered(env, (name) => BACKEND.test(name) || keys.has(name))
}

/** What a worker may know of this process' environment, and the mark by which all that it starts is found. */
export function workerEnvironment(
  env: Environment,
  profiles: readonly Profile[],
  runId: RunId,
): Record<string, string> {
  const hidden = handedOver(env, profiles)
  const rest = filtered(env, (name) => !Object.hasOwn(hidden, name) && !SECRET.test(name))
  return { ...rest, [RUN_MARKER]: runId }
}

function filtered(env: Environment, keep: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && keep(entry[0])),
  )
}
