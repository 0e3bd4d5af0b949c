import type { RunId } from '#shared/ids.ts'
import { RUN_MARKER } from '../lib/run-marker.ts'

/**
 * The mark in the environment of a worker and of every command that it runs: by it is found what left its group and its
 * parent.
 */
export function markerOf(runId: RunId): string {
  return `${RUN_MARKER}=${runId}`
}
