import { useEffect, useState } from 'react'
import type { Failure } from '#shared/failure.ts'
import type { ProfileId } from '#shared/ids.ts'
import type { FoundServer, ModelInfo } from '#shared/profile/profile.ts'
import { request } from '../bridge/bridge.ts'
import { baseUrlProblem } from './profile-form.ts'

/** What is known of a server that is not saved yet. */
export interface Probe {
  /** `locked`: it answers and wants a key that was not given. */
  state: 'idle' | 'asking' | 'loading' | 'answers' | 'locked' | 'silent' | 'failed'
  models: readonly ModelInfo[]
  server: FoundServer | null
  failure: Failure | null
  /** Milliseconds since 1970 of the last answer, null = none yet. */
  at: number | null
  /** The address that this is about. */
  baseUrl: string
}

const idleProbe: Probe = { state: 'idle', models: [], server: null, failure: null, at: null, baseUrl: '' }

/** Long enough that a URL is not asked while it is typed. */
const PAUSE = 800
export const PROBE_AGAIN = 5000

/**
 * Looks at a URL once its typing has paused, and again every five seconds while that may help.
 * A key that is stored already is named by `profileId`; it is sent only to the host it belongs to.
 */
export function useProbe(target: { baseUrl: string; key: string; profileId?: ProfileId }): Probe {
  const { baseUrl, key, profileId } = target
  const [probe, setProbe] = useState<Probe>(idleProbe)
  useEffect(() => {
    const isAsked = baseUrlProblem(baseUrl) === null
    // Another key does not make the models forgotten that the address has shown.
    setProbe((known) => (isAsked && known.baseUrl === baseUrl ? { ...known, state: 'asking', at: null } : idleProbe))
    if (!isAsked) return
    let stale = false
    let timer = 0
    const ask = async () => {
      if (!document.hidden) {
        setProbe((known) => (known.at === null ? { ...known, state: 'asking', baseUrl } : known))
        const reply = await request('profile.probe', {
          baseUrl: baseUrl.trim(),
          ...(key.trim() !== '' && { key: key.trim() }),
          ...(profileId && { profileId }),
        })
        if (stale) return
        const next = readProbe(reply, key.trim() !== '' || profileId !== undefined)
        setProbe({ ...next, at: Date.now(), baseUrl })
        if (!asksAgain(next)) return
      }
      timer = window.setTimeout(() => void ask(), PROBE_AGAIN)
    }
    timer = window.setTimeout(() => void ask(), PAUSE)
    return () => {
      stale = true
      window.clearTimeout(timer)
    }
  }, [baseUrl, key, profileId])
  return probe
}

type ProbeReply = Awaited<ReturnType<typeof request<'profile.probe'>>>

/** Whether asking again may help without a change of the form; a refused key is not tried over and over. */
export function asksAgain({ state, failure }: Pick<Probe, 'state' | 'failure'>): boolean {
  return state === 'silent' || state === 'loading' || (state === 'failed' && failure?.retryable === true)
}

/** What a reply says of a server; `keyed`: a key went with the question. */
export function readProbe(reply: ProbeReply, keyed: boolean): Pick<Probe, 'state' | 'models' | 'server' | 'failure'> {
  if (!reply.ok) {
    const { failure } = reply
    // A name that nobody knows is no server that is yet to come.
    const isKnown = failure.details?.unknownHost === undefined
    const silent = isKnown && (failure.code === 'unreachable' || failure.code === 'transport')
    const locked = failure.code === 'auth' && !keyed
    return { state: silent ? 'silent' : locked ? 'locked' : 'failed', models: [], server: null, failure }
  }
  const { server, models } = reply.value
  const loading = server?.state === 'loading'
  const answers = server !== null || models.length > 0
  return { state: loading ? 'loading' : answers ? 'answers' : 'silent', models, server, failure: null }
}
