import { closeSync, writeSync } from 'node:fs'
import { speakOfClawAs } from '#shared/lib/claw-command.ts'
import { findClawCommand } from '../engine/claw-command.ts'
import { REPORT_FD, runWorker } from '../engine/engine.ts'

/**
 * A background run: reads what to do, says once that it has begun, and ends the process with the run's exit code. `clawProgram`
 * is the terminal program beside this one.
 */
export async function run(clawProgram: string): Promise<void> {
  process.exit(
    await main(clawProgram).catch((error: unknown) => {
      console.error(error)
      return 1
    }),
  )
}

async function main(clawProgram: string): Promise<number> {
  const { env } = process
  // For this process only: what it starts is no Electron that should behave as Node.
  delete env.ELECTRON_RUN_AS_NODE
  speakOfClawAs(findClawCommand({ env, program: clawProgram, cwd: null }))
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
