import type { RunId } from '#shared/ids.ts'
import { RUN_MARKER } from '../lib/run-marker.ts'

/** In the environment of a worker and of every command that it runs: finds what left its group and its parent. */
export function markerOf(runId: RunId): string {
  return `${RUN_MARKER}=${runId}`
}
