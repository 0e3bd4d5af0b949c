import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord } from '#shared/lib/json.ts'
import type { ListedRun } from '#shared/run/background.ts'
import { BOOT_ID, startInStat } from '../lib/proc-stat.ts'
import { RUN_ENTRY_VERSION, RUN_PROTOCOL } from './run-version.ts'

/**
 * All runs of the data folder, where nothing about them is in doubt: every entry is of this version and whole, and the run is
 * over or its worker is there. null = something needs a closer look, by `RunStore`. This is for a list that must not wait:
 * it reads without a schema and at once, before the rest of the engine is loaded, and only on Linux.
 */
export function certainRuns(dataFolder: string): ListedRun[] | null {
  const folder = join(dataFolder, 'runs')
  try {
    if (existsSync(join(dataFolder, 'slots', 'paused'))) return null
    const boot = readFileSync(BOOT_ID, 'utf8').trim()
    const runs: ListedRun[] = []
    for (const name of readdirSync(folder)) {
      if (!name.endsWith('.json')) continue
      const entry: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'))
      if (!isWholeEntry(entry)) return null
      const { run, worker } = entry
      const isOver = run.endedAt !== null && endedStatuses.has(run.status)
      if (!isOver && (worker.boot !== boot || startOf(worker.pid) !== worker.startedAt)) return null
      runs.push({ ...run, usable: true })
    }
    return runs
  } catch {
    // No folder, half an entry, a process that is gone: all of it is for `RunStore` to judge.
    return null
  }
}

const endedStatuses: ReadonlySet<string> = new Set(['completed', 'failed', 'killed', 'interrupted'])
const going: ReadonlySet<string> = new Set(['running', 'waiting-approval', 'starting'])

interface WholeEntry {
  run: Omit<ListedRun, 'usable'>
  worker: { pid: number; startedAt: string; boot: string }
}

/** `RunEntry` without its schema, as far as a list shows it. A test holds that both accept the same entries. */
export function isWholeEntry(value: unknown): value is WholeEntry {
  if (!isRecord(value) || value.version !== RUN_ENTRY_VERSION || value.protocol !== RUN_PROTOCOL) return false
  const { run, worker } = value
  if (!isRecord(run) || !isRecord(worker) || !isRecord(run.usage) || !Array.isArray(run.approvals)) return false
  const status = String(run.status)
  const texts = [run.runId, run.sessionId, run.cwd, run.profileId, run.model, run.prompt, run.title, run.note]
  const moreTexts = [run.phaseDetail, run.usage.source, worker.startedAt, worker.boot]
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens, costMicroUsd } = run.usage
  const counts = [inputTokens, outputTokens, cachedInputTokens, reasoningTokens, costMicroUsd]
  const numbers = [run.pid, run.endedAt, run.exitCode, run.queuedBefore, run.tokensPerSecond, ...counts]
  return (
    (endedStatuses.has(status) || going.has(status)) &&
    [...texts, ...moreTexts].every((one) => typeof one === 'string') &&
    numbers.every((one) => one === null || typeof one === 'number') &&
    typeof run.startedAt === 'number' &&
    typeof worker.pid === 'number' &&
    (run.plan === null || (isRecord(run.plan) && isNumber(run.plan.done) && isNumber(run.plan.total))) &&
    (run.phase === null || typeof run.phase === 'string') &&
    (run.ending === undefined || typeof run.ending === 'string')
  )
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

/** Throws where there is no such process. */
function startOf(pid: number): string | null {
  return startInStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}
