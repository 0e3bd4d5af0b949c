import type { BackgroundRun } from '#shared/run/background.ts'
import { jsonUsage } from './json-usage.ts'

/** What `agent-ps --json` tells of a run. */
export type JsonRun = Pick<
  BackgroundRun,
  | 'runId'
  | 'sessionId'
  | 'status'
  | 'pid'
  | 'cwd'
  | 'profileId'
  | 'model'
  | 'prompt'
  | 'startedAt'
  | 'endedAt'
  | 'exitCode'
  | 'usage'
>

/** Exactly the members of the contract (docs/contracts.md). */
export function jsonRow(run: JsonRun) {
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
  }
}
