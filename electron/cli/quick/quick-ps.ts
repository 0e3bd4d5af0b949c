import { existsSync, fstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { newestFirst } from '../../engine/runs/newest-first.ts'
import { RUN_ENTRY_VERSION, RUN_PROTOCOL } from '../../engine/runs/run-version.ts'
import { lostOutputWords } from '../terminal/lost-output.ts'
import { type Output, pipeOutput, streamOutput } from '../terminal/output.ts'
import { type JsonRun, jsonRow } from '../terminal/run-json.ts'
import { type ListedRun, runTable } from '../terminal/run-rows.ts'

/**
 * Answers `agent-ps` and `agent-ps --json` where every entry is of this version, whole, and either over or of a worker that
 * is there. In any doubt it answers nothing and false: then the program that knows how to judge is loaded.
 */
export async function quickPs(args: readonly string[], dataFolder: string): Promise<boolean> {
  const json = args[0] === '--json'
  if (args.length > (json ? 1 : 0) || process.platform !== 'linux') return false
  const runs = readRuns(dataFolder, json)
  if (!runs || (runs.length === 0 && !json)) return false
  runs.sort(newestFirst)
  const out = output()
  out.write(json ? `${JSON.stringify(runs.map(jsonRow))}\n` : `${runTable(out, runs, Date.now()).join('\n')}\n`)
  return true
}

/** A terminal is a character device. */
function output(): Output {
  if (!fstatSync(1).isCharacterDevice()) return pipeOutput(process.env, failed)
  process.stdout.on('error', failed)
  return streamOutput(process.stdout, process.env)
}

/** A list that did not arrive is none. */
function failed(error: unknown): void {
  const words = lostOutputWords(error)
  if (words === null) return
  process.exitCode = 1
  process.stderr.write(`${words}\n`)
}

type Run = ListedRun & JsonRun

/** null = something needs a closer look. */
function readRuns(dataFolder: string, json: boolean): Run[] | null {
  const folder = join(dataFolder, 'runs')
  try {
    if (existsSync(join(dataFolder, 'slots', 'paused'))) return null
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const runs: Run[] = []
    for (const name of readdirSync(folder)) {
      if (!name.endsWith('.json')) continue
      const entry: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'))
      if (!isEntry(entry)) return null
      const { run, worker } = entry
      if (run.status === 'waiting-approval' && !json) return null
      const isOver = run.endedAt !== null && over.has(run.status)
      if (!isOver && (worker.boot !== boot || startOf(worker.pid) !== worker.startedAt)) return null
      runs.push({ ...run, usable: true })
    }
    return runs
  } catch {
    // No folder, half an entry, a process that is gone: all of it is for the whole program to judge.
    return null
  }
}

const over = new Set(['completed', 'failed', 'killed', 'interrupted'])
const going = new Set(['running', 'waiting-approval', 'starting'])

interface Entry {
  run: Omit<Run, 'usable'>
  worker: { pid: number; startedAt: string; boot: string }
}

/** As far as it is shown; the schema of an entry is in the engine. */
function isEntry(value: unknown): value is Entry {
  if (!isObject(value) || value.version !== RUN_ENTRY_VERSION || value.protocol !== RUN_PROTOCOL) return false
  const { run, worker } = value
  if (!isObject(run) || !isObject(worker) || !isObject(run.usage) || !Array.isArray(run.approvals)) return false
  const status = String(run.status)
  const texts = [run.runId, run.sessionId, run.cwd, run.profileId, run.model, run.prompt, run.title, run.note]
  const moreTexts = [run.phaseDetail, run.usage.source, worker.startedAt, worker.boot]
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens, costMicroUsd } = run.usage
  const counts = [inputTokens, outputTokens, cachedInputTokens, reasoningTokens, costMicroUsd]
  const numbers = [run.pid, run.endedAt, run.exitCode, run.queuedBefore, run.tokensPerSecond, ...counts]
  return (
    (over.has(status) || going.has(status)) &&
    [...texts, ...moreTexts].every((one) => typeof one === 'string') &&
    numbers.every((one) => one === null || typeof one === 'number') &&
    typeof run.startedAt === 'number' &&
    typeof worker.pid === 'number' &&
    (run.plan === null || (isObject(run.plan) && isNumber(run.plan.done) && isNumber(run.plan.total))) &&
    (run.phase === null || typeof run.phase === 'string')
  )
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** As `lib/process-identity.ts` reads it; throws where there is no such process, '' where it has ended. */
function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '')
}
