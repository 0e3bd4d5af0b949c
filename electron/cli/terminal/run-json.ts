import type { ListedRun } from '#shared/run/background.ts'
import { jsonUsage } from './json-usage.ts'

/** Exactly the members of the contract (docs/contracts.md). */
export function jsonRow(run: ListedRun) {
  return {
    runId: run.runId,
    sessionId: run.sessionId,
    status: run.status,
    pid: run.pid,
    cwd: run.cwd,
    profile: run.profileId,
    model: run.model,
    prompt: run.prompt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    exitCode: run.exitCode,
    usage: jsonUsage(run.usage),
    // Only of a run that was verified; an entry of before does not know it.
    ...(run.verify && { verify: run.verify }),
  }
}
