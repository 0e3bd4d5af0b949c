import { failure } from '#shared/failure.ts'
import type { AnsweredCall } from '#shared/session/message.ts'
import type { ToolOutcome } from '#shared/session/session-entry.ts'
import type { NotRunReason } from '#shared/session/tool-kind.ts'
import type { VerifyMark } from '#shared/verify/verify-command.ts'
import { parseArguments } from '../tools/contract/call-arguments.ts'
import type { Tool, ToolResult } from '../tools/contract/tool.ts'
import { toolNamed } from '../tools/contract/tool-name.ts'
import type { AtLimit } from './at-limit.ts'
import { carryOut } from './carry-out.ts'
import type { LoopGuard } from './loop-guard.ts'
import type { TurnContext, TurnOutcome } from './turn.ts'

/** How many reading calls of one answer run at once. */
const READS_AT_ONCE = 8

/**
 * How a turn goes on after calls: `next` = as usual, `tell` = the model runs in circles and should be told, `ended` = not at
 * all, `at-limit` = a limit was reached and stays.
 */
export type AfterCalls =
  | { kind: 'next' }
  | { kind: 'tell' }
  | { kind: 'ended'; outcome: TurnOutcome }
  | { kind: 'at-limit' }

/**
 * Runs the calls of one answer. Neighbouring reads run at once; whatever writes or runs a command waits for all before
 * it and goes alone. Every call gets a `tool-start` and a `tool-end`, also the one that never ran.
 */
export async function runToolCalls(
  turn: TurnContext,
  calls: readonly AnsweredCall[],
  guard: LoopGuard,
  limit: AtLimit,
): Promise<AfterCalls> {
  let tell = false
  for (const group of groups(turn, calls)) {
    // All have ended before the turn goes on or ends: nobody speaks after its last event.
    const settled = await Promise.allSettled(group.map((call) => runCall(turn, call, guard, limit)))
    const results = settled.map((result) => {
      if (result.status === 'rejected') throw result.reason
      return result.value
    })
    const end = results.find(({ kind }) => kind === 'ended' || kind === 'at-limit')
    if (end) return end
    tell ||= results.some(({ kind }) => kind === 'tell')
  }
  return { kind: tell ? 'tell' : 'next' }
}

function groups(turn: TurnContext, calls: readonly AnsweredCall[]): AnsweredCall[][] {
  const result: AnsweredCall[][] = []
  let reads: AnsweredCall[] | null = null
  for (const call of calls) {
    if (toolOf(turn, call)?.access !== 'read') {
      reads = null
      result.push([call])
    } else if (reads && reads.length < READS_AT_ONCE) {
      reads.push(call)
    } else {
      reads = [call]
      result.push(reads)
    }
  }
  return result
}

/** Tells that a call was made, in the words of its tool where that can read it. */
function announce(turn: TurnContext, call: AnsweredCall) {
  const tool = toolOf(turn, call)
  const parsed = tool && !call.problem ? parseArguments(tool, call.arguments) : undefined
  turn.emit({
    type: 'tool-start',
    callId: call.callId,
    name: tool?.name ?? call.name,
    arguments: call.arguments,
    recovered: call.recovered,
    ...(tool && { toolKind: tool.kind }),
    ...(tool && parsed?.ok ? tool.describe(parsed.input) : { verb: 'Call', target: call.name }),
  })
  return { tool, parsed }
}

async function runCall(turn: TurnContext, call: AnsweredCall, guard: LoopGuard, limit: AtLimit): Promise<AfterCalls> {
  const { tool, parsed } = announce(turn, call)
  if (call.problem) {
    endCall(turn, call, 'not-run', {
      output: `Error: ${call.problem}`,
      summary: 'not run',
      notRun: call.cut ? 'cut' : 'malformed',
    })
    return { kind: 'next' }
  }
  const denial = tool ? null : turn.policy.denial(call.name)
  if (denial !== null) {
    const output = `Error: ${denial} Go on without it.`
    endCall(turn, call, 'denied', { output, summary: 'denied by the policy' })
    return observed(guard, call, output)
  }
  if (!tool) {
    const names = turn.tools.map(({ name }) => name).join(', ')
    const isGone = turn.definitions.some(({ name }) => name === call.name)
    const output = isGone
      ? `Error: the tool ${call.name} is gone: this version of the app does not have it any more. Go on without it. There are: ${names}.`
      : `Error: there is no tool ${call.name}. There are: ${names}.`
    endCall(turn, call, 'failed', { output, summary: isGone ? 'the tool is gone' : 'no such tool' })
    return observed(guard, call, output)
  }
  if (!parsed?.ok) {
    const output = parsed?.output ?? ''
    endCall(turn, call, 'failed', { output, summary: 'wrong arguments' })
    return observed(guard, call, output)
  }

  if (!(await mayStart(turn, tool, limit))) {
    endCall(turn, call, 'not-run', OVER_THE_LIMIT)
    return { kind: 'at-limit' }
  }
  const ran = await carryOut(turn, tool, parsed.input, call)
  if (ran.kind === 'refused') {
    endCall(turn, call, 'denied', ran.answer)
    return ran.end ? { kind: 'ended', outcome: ran.end } : { kind: 'next' }
  }
  const facts = ran.started ? turn.policy.resultFacts(tool.name) : null
  const output = [ran.result.output, ...ignoredNote(tool, parsed.ignored)].join('\n')
  const result = { ...ran.result, output: facts ? `${output}\n\n${facts}` : output }
  endCall(turn, call, result.ok ? 'done' : 'failed', result, ran.durationMs)
  // A command that was stopped tells what it had done until then.
  turn.signal.throwIfAborted()
  return observed(guard, call, result.output, result.diff !== undefined && result.ok)
}

/** Waits for room for one more call. false = there is none, and nobody made any. */
export async function mayStart(turn: TurnContext, { name }: Tool, limit: AtLimit): Promise<boolean> {
  for (;;) {
    const stop = await turn.budget.startTool(name)
    if (!stop) return true
    if (!(await limit.mayGoOn(stop, turn.signal))) return false
  }
}

function ignoredNote({ name }: Tool, ignored: readonly string[]): string[] {
  return ignored.length > 0 ? [`[${name} has no ${ignored.join(', no ')}: that was left out]`] : []
}

/** A call that no longer runs: it is told like one that did, so that every call has an answer. */
export function refuseCall(turn: TurnContext, call: AnsweredCall): void {
  announce(turn, call)
  endCall(turn, call, 'not-run', OVER_THE_LIMIT)
}

export const OVER_THE_LIMIT = {
  output: 'Error: a limit of this run is reached; the call was not run.',
  summary: 'over the limit',
  notRun: 'limit',
} as const

/** Tells what became of a call. */
export function endCall(
  turn: Pick<TurnContext, 'emit'>,
  call: Pick<AnsweredCall, 'callId'>,
  outcome: ToolOutcome,
  result: Omit<ToolResult, 'ok'> & { notRun?: NotRunReason; verify?: VerifyMark },
  durationMs = 0,
): void {
  turn.emit({
    type: 'tool-end',
    callId: call.callId,
    outcome,
    output: result.output,
    summary: result.summary,
    durationMs: Math.max(0, Math.round(durationMs)),
    ...(result.parts && { parts: [...result.parts] }),
    ...(result.diff && { diff: result.diff }),
    ...(result.exitCode !== undefined && { exitCode: result.exitCode }),
    ...(result.file && { file: result.file }),
    ...(result.notRun && { notRun: result.notRun }),
    ...(result.verify && { verify: result.verify }),
  })
}

function observed(guard: LoopGuard, call: AnsweredCall, output: string, changedFiles = false): AfterCalls {
  const verdict = guard.observe(call, output, changedFiles)
  if (verdict === 'stop') {
    return {
      kind: 'ended',
      outcome: {
        reason: 'failed',
        failure: failure(
          'loop',
          `The model made the same ${call.name} call again and again with the same result, so it was stopped. Say it differently, or try another model.`,
        ),
        budget: null,
      },
    }
  }
  return { kind: verdict === 'tell' ? 'tell' : 'next' }
}

function toolOf(turn: TurnContext, call: { name: string }): Tool | undefined {
  return toolNamed(turn.tools, call.name)
}
