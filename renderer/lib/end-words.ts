import type { ToolItem } from '#shared/session/session-view.ts'

/** How a call ended, in a few words. What the tool says counts: a command that was stopped has an exit code as well. */
export function endWords({ summary, exitCode }: Pick<ToolItem, 'summary' | 'exitCode'>): string {
  if (summary) return summary
  return exitCode === undefined ? '' : `exit ${exitCode}`
}
