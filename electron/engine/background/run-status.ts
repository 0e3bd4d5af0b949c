import { type BackgroundRun, endedStatuses } from '#shared/background.ts'

export function isEnded(run: Pick<BackgroundRun, 'status'>): boolean {
  return endedStatuses.has(run.status)
}
