import { useEffect, useRef, useState } from 'react'
import type { Failure } from '#shared/failure.ts'
import type { SpendingQuery, SpendingReport } from '#shared/spending/spending.ts'
import { request } from '../bridge/bridge.ts'
import { useAppStore } from '../stores/app-store.ts'
import { ReportFollower } from './report-follower.ts'

interface Followed {
  /** Of the newest range that was answered: what is asked for anew stays as it was until its answer is here. */
  report: SpendingReport | null
  /** When that answer came, in milliseconds since 1970. */
  at: number
  /** Why the newest question had no answer; the report is then an older one. */
  failure: Failure | null
  again(): void
}

/** A report that follows the ledger. null asks for nothing. */
export function useReport(query: SpendingQuery | null): Followed {
  const revision = useAppStore((state) => state.spending.revision)
  const [{ report, at }, setAnswer] = useState<{ report: SpendingReport | null; at: number }>({ report: null, at: 0 })
  const [failure, setFailure] = useState<Failure | null>(null)
  const follower = useRef<ReportFollower | null>(null)

  useEffect(() => {
    const made = new ReportFollower({
      ask: (asked) => request('budget.report', asked),
      tell(reply) {
        if (reply.ok) setAnswer({ report: reply.value, at: Date.now() })
        setFailure(reply.ok ? null : reply.failure)
      },
      later(work, milliseconds) {
        const timer = window.setTimeout(work, milliseconds)
        return () => window.clearTimeout(timer)
      },
      now: () => performance.now(),
    })
    follower.current = made
    return () => made.close()
  }, [])

  const { from = '', to = '', profileId = null } = query ?? {}
  useEffect(() => {
    if (from !== '') follower.current?.want({ from, to, profileId }, revision)
  }, [from, to, profileId, revision])

  return { report: query ? report : null, at, failure, again: () => follower.current?.again() }
}
