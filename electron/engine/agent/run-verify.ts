import type { VerifyMark } from '#shared/verify/verify-command.ts'
import { newCallId } from '../lib/new-id.ts'
import { toolNamed } from '../tools/contract/tool-name.ts'
import type { AtLimit } from './at-limit.ts'
import { carryOut } from './carry-out.ts'
import { endCall, mayStart, OVER_THE_LIMIT } from './tool-calls.ts'
import type { TurnContext, TurnOutcome } from './turn.ts'

/** The tool with which checks run. */
const SHELL = 'bash'

/** What became of a check. `refused` = it may not run; `reason` is what a person wrote instead of allowing it. */
export type VerifyEnd =
  | { kind: 'passed' }
  | { kind: 'failed'; output: string; exitCode: number | null }
  | { kind: 'refused'; reason: string }
  | { kind: 'ended'; outcome: TurnOutcome }
  | { kind: 'at-limit' }

/**
 * Runs a command that shows whether the work is done. The same permissions, sandbox and limits hold as for a command of
 * the model, and a person sees it in the same place; the model hears of it only what the caller tells it. Rejects when
 * `turn.signal` aborts, and with `FailureError` `storage`.
 */
export async function runVerify(turn: TurnContext, mark: VerifyMark, limit: AtLimit): Promise<VerifyEnd> {
  const { command } = mark
  const input = { command }
  const call = {
    callId: `verify-${newCallId()}`,
    name: SHELL,
    arguments: JSON.stringify(input),
    recovered: false,
  }
  const tool = toolNamed(turn.tools, SHELL)
  turn.emit({
    type: 'tool-start',
    ...call,
    toolKind: tool?.kind ?? 'run',
    verb: 'Verify',
    target: command,
    verify: mark,
  })
  if (!tool) {
    endCall(turn, call, 'denied', { output: NO_SHELL, summary: 'denied by the policy', verify: mark })
    return { kind: 'refused', reason: '' }
  }
  if (!(await mayStart(turn, tool, limit))) {
    endCall(turn, call, 'not-run', { ...OVER_THE_LIMIT, verify: mark })
    return { kind: 'at-limit' }
  }
  const ran = await carryOut(turn, tool, input, call)
  if (ran.kind === 'refused') {
    endCall(turn, call, 'denied', { ...ran.answer, verify: mark })
    return ran.end ? { kind: 'ended', outcome: ran.end } : { kind: 'refused', reason: ran.reason ?? '' }
  }
  const { exitCode, ...result } = ran.result
  // One that was stopped says nothing about the work: without an exit code it runs anew when the turn goes on.
  const came = turn.signal.aborted || exitCode === undefined ? {} : { exitCode }
  endCall(turn, call, result.ok ? 'done' : 'failed', { ...result, ...came, verify: mark }, ran.durationMs)
  turn.signal.throwIfAborted()
  return result.ok ? { kind: 'passed' } : { kind: 'failed', output: result.output, exitCode: exitCode ?? null }
}

const NO_SHELL = 'Error: the policy of this folder denies commands, so this check did not run.'
