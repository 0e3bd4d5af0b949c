import { useEffect, useState } from 'react'
import type { Failure } from '#shared/failure.ts'
import type { ProfileId } from '#shared/ids.ts'
import type { FoundServer, ModelInfo } from '#shared/profile.ts'
import { request } from '../bridge/bridge.ts'
import { baseUrlProblem } from './profile-form.ts'

/** What is known of a server that is not saved yet. */
export interface Probe {
  state: 'idle' | 'asking' | 'loading' | 'answers' | 'silent' | 'failed'
  models: readonly ModelInfo[]
  server: FoundServer | null
  failure: Failure | null
  /** Milliseconds since 1970 of the last answer, null = none yet. */
  at: number | null
}

const nothing: Probe = { state: 'idle', models: [], server: null, failure: null, at: null }

/** Long enough that a URL is not asked while it is typed. */
const PAUSE = 800
export const PROBE_AGAIN = 5000

/**
 * Looks at a URL once its typing has paused, and again every five seconds until it answers with its models.
 * A key that is stored already is named by `profileId`; it is sent only to the host it belongs to.
 */
export function useProbe(target: { baseUrl: string; key: string; profileId?: ProfileId }, enabled = true): Probe {
  const { baseUrl, key, profileId } = target
  const [probe, setProbe] = useState<Probe>(nothing)
  useEffect(() => {
    setProbe(nothing)
    if (!enabled || baseUrlProblem(baseUrl) !== null) return
    let stale = false
    let timer = 0
    const ask = async () => {
      if (!document.hidden) {
        setProbe((known) => (known.at === null ? { ...known, state: 'asking' } : known))
        const reply = await request('profile.probe', {
          baseUrl: baseUrl.trim(),
          ...(key.trim() !== '' && { key: key.trim() }),
          ...(profileId && { profileId }),
        })
        if (stale) return
        const next = readProbe(reply, Date.now())
        setProbe(next)
        if (next.state === 'answers') return
      }
      timer = window.setTimeout(() => void ask(), PROBE_AGAIN)
    }
    timer = window.setTimeout(() => void ask(), PAUSE)
    return () => {
      stale = true
      window.clearTimeout(timer)
    }
  }, [baseUrl, key, profileId, enabled])
  return probe
}

type ProbeReply = Awaited<ReturnType<typeof request<'profile.probe'>>>

/** The reply in the words of the page. */
export function readProbe(reply: ProbeReply, at: number): Probe {
  if (!reply.ok) {
    const silent = reply.failure.code === 'unreachable' || reply.failure.code === 'transport'
    return { ...nothing, state: silent ? 'silent' : 'failed', failure: reply.failure, at }
  }
  const { server, models } = reply.value
  if (server?.state === 'loading') return { ...nothing, state: 'loading', server, models, at }
  if (server || models.length > 0) return { ...nothing, state: 'answers', server, models, at }
  return { ...nothing, state: 'silent', at }
}
