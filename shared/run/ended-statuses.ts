import type { RunStatus } from './background.ts'

/** Those of a run that is over. On its own: the list of runs is quick because it loads no schema. */
export const endedStatuses: ReadonlySet<RunStatus> = new Set(['completed', 'failed', 'killed', 'interrupted'])
