import { useEffect, useState } from 'react'
import { formatDuration } from '../lib/format.ts'

/** Counts on by itself, once a second. `at` times come from main: the clock is the same. */
export function Elapsed(props: { since: number; format?: (milliseconds: number) => string }) {
  const now = useSeconds()
  return <span className="nowrap">{(props.format ?? formatDuration)(Math.max(0, now - props.since))}</span>
}

/** The time, new every second. */
export function useSeconds(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000)
    return () => window.clearInterval(timer)
  }, [])
  return now
}
