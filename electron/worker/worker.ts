import { closeSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { speakOfClawAs } from '#shared/lib/claw-command.ts'
import { findClawCommand } from '../engine/claw-command.ts'
import { REPORT_FD, runWorker } from '../engine/engine.ts'

/** The program of a background run: reads what to do, says once that it has begun, and ends with the run's exit code. */
async function main(): Promise<number> {
  const { env } = process
  // For this process only: what it starts is no Electron that should behave as Node.
  delete env.ELECTRON_RUN_AS_NODE
  speakOfClawAs(findClawCommand({ env, program: join(import.meta.dirname, '../cli/claw.js'), cwd: null }))
  const input = await readInput()
  // Whoever started this died before saying what to do.
  if (input === '') return 1
  return await runWorker({
    input: JSON.parse(input),
    openConf: async (options) => new (await import('conf')).default(options),
    env,
    platform: process.platform,
    report: (report) => tell(JSON.stringify(report)),
    onEndRequest: (listener) => {
      process.on('SIGTERM', listener)
    },
    onDefect: (error) => console.error(new Date().toISOString(), error),
  })
}

async function readInput(): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}

/** Once; nobody may be listening any more. */
function tell(line: string): void {
  try {
    writeSync(REPORT_FD, `${line}\n`)
    closeSync(REPORT_FD)
  } catch {
    // Who started this has ended meanwhile: the registry tells the same.
  }
}

// A run has no terminal, and nobody who closes one ends it.
process.on('SIGHUP', () => undefined)
process.on('SIGINT', () => undefined)
process.exit(
  await main().catch((error: unknown) => {
    console.error(error)
    return 1
  }),
)
