import { type Failure, failure } from '#shared/failure.ts'
import type { RunId } from '#shared/ids.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'
import { exitCodeOfFailure } from '#shared/session/exit-code.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { SessionView, TurnEnd } from '#shared/session/session-view.ts'
import { TurnRenderer } from '../answer/render.ts'
import { stopLines } from '../terminal/budget-lines.ts'
import { failureWords } from '../terminal/failure-words.ts'
import { type Output, paint, type Screen } from '../terminal/output.ts'
import { painted, wrapped } from '../terminal/painted.ts'
import { plainLine, plainText } from '../terminal/plain-text.ts'
import { usageWords } from '../terminal/words.ts'
import { jsonLine, RunRecord, type RunTotals, runEnd } from './run-record.ts'

/** Tells a person or a program what a run does. */
export interface Reporter {
  /** Tells of an event. `view` is that of the session after the event. */
  report(event: SessionEvent, view: SessionView): void
  /** A remark that is part of no run. */
  note(message: string): void
  /** What is written next begins at the left. */
  finishLine(): void
  /** To be awaited before the first event: what it takes to show an answer. */
  prepare(): Promise<void>
  /** What a person types while nothing is asked. */
  typed(text: string): void
  /** A run that could not begin. */
  refuse(failure: Failure): void
}

/** `runId`: of a background run, which may have begun before what is reported; `before`: what it came to by then. */
export function createReporter(screen: Screen, json: boolean, runId?: RunId, before = new RunRecord()): Reporter {
  return json ? jsonReporter(screen, runId, before) : textReporter(screen, before, goOnByCommand)
}

/** Makes the reporter of a conversation: after a turn the person goes on where they are, without another command. */
export function createChatReporter(screen: Screen, json: boolean): Reporter {
  return json ? jsonReporter(screen, undefined, new RunRecord()) : textReporter(screen, new RunRecord(), goOnHere)
}

const goOnByCommand = (sessionId: string) => `Go on with: ${clawCommand(`agent-resume ${sessionId}`)}`
const goOnHere = () => 'Your next message goes on from here.'

function jsonReporter({ out, side }: Screen, runId: RunId | undefined, before: RunRecord): Reporter {
  let record = before
  let begun = runId !== undefined
  return {
    report(event, view) {
      if (event.type === 'turn-start' || event.type === 'turn-resume') {
        record = new RunRecord()
        begun = true
      }
      // Such as a new title: it belongs to the session and to no run.
      if (!begun) return
      record.apply(event)
      const { sessionId, cwd, profile } = view
      const run = { sessionId, cwd, profile: profile.profileId, model: profile.model, ...(runId && { runId }) }
      const line = jsonLine(event, run, () => record.totals())
      if (line) out.write(`${JSON.stringify(line)}\n`)
      if (event.type === 'turn-end') begun = false
    },
    note: (message) => side.write(`${plainText(message)}\n`),
    finishLine: () => undefined,
    prepare: async () => undefined,
    typed: () => undefined,
    refuse(value) {
      const at = Date.now()
      const reason = value.code === 'aborted' ? 'aborted' : 'failed'
      const line = runEnd({ seq: 0, at }, { reason, at, failure: value, budget: null }, new RunRecord().totals())
      out.write(`${JSON.stringify({ ...line, exitCode: exitCodeOfFailure(value) })}\n`)
    },
  }
}

function textReporter(screen: Screen, before: RunRecord, goOn: (sessionId: string) => string): Reporter {
  const { side } = screen
  const renderer = new TurnRenderer(screen)
  let record = before
  return {
    report(event, view) {
      if (event.type === 'turn-start') record = new RunRecord()
      record.apply(event)
      renderer.show(event)
      if (event.type === 'turn-end') renderer.lines(endLines(side, event, view, record.totals(), goOn(view.sessionId)))
    },
    note: (message) => renderer.lines(wrapped(side, plainText(message)).map((row) => paint(side, 'dim', row))),
    finishLine: () => renderer.finishLine(),
    prepare: () => renderer.prepare(),
    typed: (text) => renderer.typed(text),
    refuse(value) {
      if (value.code !== 'aborted') renderer.lines(wrapped(side, `claw: ${plainText(failureWords(value))}`))
    },
  }
}

function endLines(
  output: Output,
  end: Pick<TurnEnd, 'reason' | 'failure' | 'budget'>,
  view: SessionView,
  { usage, modelCalls }: Pick<RunTotals, 'usage' | 'modelCalls'>,
  goOn: string,
): string[] {
  const lines: string[] = []
  if (end.reason === 'budget' && end.budget) {
    lines.push(...painted(output, 'yellow', ...stopLines(end.budget), goOn))
  } else if (end.reason === 'aborted') {
    lines.push(...painted(output, 'yellow', `Stopped. ${goOn}`))
  } else if (end.reason === 'needs-approval') {
    lines.push(
      ...painted(output, 'yellow', plainText(end.failure ? failureWords(end.failure) : 'It needs an approval.')),
    )
  } else if (end.reason === 'failed') {
    lines.push(...painted(output, 'red', plainText(failureWords(end.failure ?? failure('internal', 'It failed.')))))
  }
  const { profileName, model } = view.profile
  lines.push(
    ...painted(
      output,
      'dim',
      plainLine(
        `${profileName}, ${model}: ${modelCalls === 0 && usage.source === 'unknown' ? 'no model call' : usageWords(usage)}`,
      ),
    ),
  )
  return lines
}
