import { fstatSync } from 'node:fs'
import { certainRuns } from '../../engine/runs/certain-runs.ts'
import { newestFirst } from '../../engine/runs/newest-first.ts'
import { lostOutputWords } from '../terminal/lost-output.ts'
import { type Output, pipeOutput, streamOutput } from '../terminal/output.ts'
import { jsonRow } from '../terminal/run-json.ts'
import { runTable } from '../terminal/run-rows.ts'

/**
 * Answers `agent-ps` and `agent-ps --json` where every entry is of this version, whole, and either over or of a worker that
 * is there. In any doubt it answers nothing and false: then the program that knows how to judge is loaded.
 */
export async function quickPs(args: readonly string[], dataFolder: string): Promise<boolean> {
  const json = args[0] === '--json'
  if (args.length > (json ? 1 : 0) || process.platform !== 'linux') return false
  const runs = certainRuns(dataFolder)
  if (!runs || (runs.length === 0 && !json)) return false
  // What a run asks is told in words that the whole program has.
  if (!json && runs.some(({ status }) => status === 'waiting-approval')) return false
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
