import type { Item } from './session-view.ts'

/** What became of the checks of a turn: the last command that was to run, whether it passed, and in how many rounds. */
export interface VerifyResult {
  command: string
  ok: boolean
  rounds: number
}

/** How often a command of a turn came to its end and failed; with `command`, of that one alone. */
export function verifyFailures(items: readonly Item[], command?: string): number {
  return items.filter(
    (item) =>
      item.kind === 'tool' &&
      item.verify !== undefined &&
      item.state === 'failed' &&
      item.exitCode !== undefined &&
      (command === undefined || item.verify.command === command),
  ).length
}

/**
 * Reads from the rows of a turn how its checks went. null = none has ended. In a turn that ended as completed, `ok` says
 * that every command passed; while one goes on, only that the last one did.
 */
export function verifyResult(items: readonly Item[]): VerifyResult | null {
  const last = items.findLast(
    (item) => item.kind === 'tool' && item.verify && item.state !== 'running' && item.state !== 'waiting',
  )
  if (last?.kind !== 'tool' || !last.verify) return null
  return { command: last.verify.command, ok: last.state === 'done', rounds: last.verify.round }
}
