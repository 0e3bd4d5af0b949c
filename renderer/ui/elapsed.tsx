import { useSyncExternalStore } from 'react'
import { formatDuration } from '../lib/format.ts'

/** Counts on by itself, once a second. `at` times come from main: the clock is the same. */
export function Elapsed(props: { since: number; format?: (milliseconds: number) => string }) {
  const now = useSeconds()
  return <span className="nowrap">{(props.format ?? formatDuration)(Math.max(0, now - props.since))}</span>
}

/** The time, new every second; the same moment for all that show it. */
export function useSeconds(): number {
  return useSyncExternalStore(listen, read)
}

const listeners = new Set<() => void>()
let now = Date.now()
let timer: number | null = null

function read(): number {
  // With nobody listening nobody kept it.
  if (timer === null) now = Date.now()
  return now
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= window.setInterval(tick, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === null) return
    window.clearInterval(timer)
    timer = null
  }
}

function tick(): void {
  now = Date.now()
  for (const one of listeners) one()
}
