import type { SendOptions } from '#shared/session/send-options.ts'
import type { TurnEnd } from '#shared/session/session-view.ts'
import type { Session } from '../../engine/engine.ts'
import { type Interruption, withInterrupts } from '../keyboard/interrupts.ts'
import type { Output } from '../terminal/output.ts'
import { Questions } from './questions.ts'
import type { Reporter } from './reporter.ts'

/** How one run is shown, and who answers its approvals; `questions: null` = nobody. */
export interface Stage {
  reporter: Reporter
  questions: Output | null
}

/** Sends one message and accompanies the turn to its end. Rejects like `Session.send`. */
export function runTurn(session: Session, text: string, options: SendOptions, stage: Stage): Promise<TurnEnd> {
  return accompany(session, stage, () => session.send(text, options))
}

/** Goes on with the last turn, which did not come to its end, and accompanies it. Rejects like `Session.resume`. */
export function resumeTurn(session: Session, options: SendOptions, stage: Stage): Promise<TurnEnd> {
  return accompany(session, stage, async () => (await session.resume(options)).end)
}

async function accompany(session: Session, stage: Stage, run: () => Promise<TurnEnd>): Promise<TurnEnd> {
  const { reporter } = stage
  const questions = stage.questions && new Questions(session, stage.questions, () => reporter.finishLine())
  const unsubscribe = session.subscribe((event) => {
    reporter.report(event, session.view())
    questions?.update()
  })
  let stopping: Promise<unknown> | undefined
  const stop = (why: Interruption) => {
    questions?.close()
    // Where nobody reads any more, nobody waits either.
    if (!stopping && why !== 'gone') reporter.note('Stopping… (again to end at once)')
    stopping ??= session.request('stop', {})
  }
  await reporter.prepare()
  const letGo = stage.questions ? await quietKeyboard(stage) : null
  try {
    return await withInterrupts(stop, run)
  } finally {
    questions?.close()
    unsubscribe()
    await Promise.all([questions?.settled(), stopping])
    letGo?.()
  }
}

/**
 * While the agent works, what is typed is not echoed into what it shows. Not where the answer goes on to another program,
 * which may read the same keyboard, nor where a shell has put us in the background.
 */
async function quietKeyboard({ reporter, questions }: Stage): Promise<(() => void) | null> {
  if (!questions?.redraws || !process.stdout.isTTY) return null
  const { keyboard } = await import('../keyboard/keyboard.ts')
  if (!(await keyboard.openInForeground())) return null
  keyboard.onDraft((draft) => reporter.typed(draft))
  return () => {
    reporter.typed('')
    keyboard.close()
  }
}
