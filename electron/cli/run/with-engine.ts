import { FailureError, failure } from '#shared/failure.ts'
import { ExitCode, exitCodeOfFailure } from '#shared/session/exit-code.ts'
import type { Engine } from '../../engine/engine.ts'
import type { RunFlags } from '../command-line/run-flags.ts'
import { withInterrupts } from '../keyboard/interrupts.ts'
import type { Shell } from '../terminal/shell.ts'
import { openEngine } from './open-engine.ts'
import type { Reporter } from './reporter.ts'

/** Opens the engine for a run and closes it behind it; what keeps the run from beginning is told and becomes the exit code. */
export async function withEngine(
  shell: Shell,
  flags: RunFlags,
  reporter: Reporter,
  action: (engine: Engine) => Promise<ExitCode>,
): Promise<ExitCode> {
  const quit = () => {
    reporter.refuse(failure('aborted', 'It was stopped before it began.'))
    process.exit(ExitCode.interrupted)
  }
  try {
    return await withInterrupts(quit, async () => {
      const engine = await openEngine(shell, flags)
      try {
        const { notice } = engine.settings
        if (notice) reporter.note(`${notice.title}. ${notice.message}`)
        return await action(engine)
      } finally {
        await engine.close()
      }
    })
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    reporter.refuse(error.failure)
    return exitCodeOfFailure(error.failure)
  }
}
