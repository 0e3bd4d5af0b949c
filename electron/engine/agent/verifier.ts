import { failure } from '#shared/failure.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { counted } from '#shared/lib/counted.ts'
import type { Item, ToolItem } from '#shared/session/session-view.ts'
import { toolKindOf } from '#shared/session/tool-kind.ts'
import { verifyFailures } from '#shared/session/verify-result.ts'
import type { VerifyMark } from '#shared/verify/verify-command.ts'
import type { AtLimit } from './at-limit.ts'
import { runVerify } from './run-verify.ts'
import type { TurnContext, TurnOutcome, Verification } from './turn.ts'

/**
 * How a turn goes on after its checks: `passed` = its work is done, `repair` = the model was told what failed, `unverified` =
 * a check may not run, `ended` = the turn ends with that, `at-limit` = a limit was reached and stays.
 */
export type AfterVerify =
  | { kind: 'passed' }
  | { kind: 'repair' }
  | { kind: 'unverified' }
  | { kind: 'ended'; outcome: TurnOutcome }
  | { kind: 'at-limit' }

type VerifyItem = ToolItem & { verify: VerifyMark }

/**
 * The commands that must pass before a turn counts as done. What has run so far is read from the rows of the turn, which
 * come from the journal: a turn that was stopped, or that went on in another process, goes on here where it was.
 */
export class Verifier {
  readonly #turn: TurnContext
  readonly #limit: AtLimit
  #announced = false

  constructor(turn: TurnContext, limit: AtLimit) {
    this.#turn = turn
    this.#limit = limit
  }

  /** Says at the beginning of a turn that its checks may not run, where that is so. */
  announce(verification: Verification): void {
    if (this.#announced) return
    this.#announced = true
    const [command, ...others] = verification.commands
    if (command === undefined || this.#turn.soFar().items.some(isVerify)) return
    const { ask, permissions, policy, emit } = this.#turn
    const { shell } = permissions()
    const isDenied = policy.denial('bash') !== null || shell === 'deny'
    if (!isDenied && (shell === 'allow' || ask)) return
    const what = others.length > 0 ? `${command} and ${counted(others.length, 'more command')}` : command
    const why = isDenied
      ? 'commands are not allowed here'
      : 'commands are not allowed without a question, and nobody is there to answer'
    emit({ type: 'warning', code: 'verify-not-allowed', message: `The work cannot be verified with ${what}: ${why}.` })
  }

  /** Whether the model said that the work is done and its checks are not through. */
  isOpen(): boolean {
    return isVerify(newestOf(this.#turn.soFar().items))
  }

  /** Whether this turn did something that its checks are for. */
  isDue({ commands }: Verification): boolean {
    return commands.length > 0 && this.#turn.soFar().items.some((item) => isVerify(item) || mayHaveChanged(item))
  }

  /** Runs the commands in their order until one fails. Rejects when `signal` aborts, and with `FailureError` `storage`. */
  async run({ commands, rounds }: Verification, signal: AbortSignal): Promise<AfterVerify> {
    const turn = { ...this.#turn, signal }
    const { round, passed, failed } = progressOf(turn.soFar().items)
    if (failed) return this.#repair(failed.verify, failed.exitCode ?? null, failed.output, rounds)
    for (const command of commands) {
      if (passed.has(command)) continue
      const mark = { command, round }
      const end = await runVerify(turn, mark, this.#limit)
      switch (end.kind) {
        case 'passed':
          continue
        case 'failed':
          return this.#repair(mark, end.exitCode, end.output, rounds)
        case 'refused':
          return this.#refused(command, end.reason)
        case 'ended':
        case 'at-limit':
          return end
        default:
          assertNever(end)
      }
    }
    return { kind: 'passed' }
  }

  #repair({ command }: VerifyMark, exitCode: number | null, output: string, rounds: number): AfterVerify {
    const { items, failuresBefore = 0 } = this.#turn.soFar()
    if (verifyFailures(items) - failuresBefore > rounds)
      return { kind: 'ended', outcome: verifyFailed(command, verifyFailures(items, command)) }
    const how = exitCode === null ? 'failed' : `failed with exit code ${exitCode}`
    this.#tell(
      `The work is not done yet: the command ${command}, which must pass, ${how}. Find the cause and mend it; do not change the command. Its output:\n\n${output}`,
    )
    return { kind: 'repair' }
  }

  #refused(command: string, reason: string): AfterVerify {
    if (reason !== '') {
      this.#tell(`The user did not let ${command} verify the work, and says: ${reason}`)
      return { kind: 'repair' }
    }
    const message = `The work was not verified: ${command} was not allowed to run.`
    this.#turn.emit({ type: 'warning', code: 'not-verified', message })
    return { kind: 'unverified' }
  }

  #tell(text: string): void {
    this.#turn.emit({ type: 'follow-up', text, origin: 'app' })
  }
}

/** The end of a turn whose work did not pass its check. */
function verifyFailed(command: string, times: number): TurnOutcome {
  return {
    reason: 'failed',
    failure: failure(
      'verify-failed',
      `The work is not done: ${command} failed ${times === 1 ? 'once' : `${times} times`}. Read its output above, and say how to go on.`,
    ),
    budget: null,
  }
}

/** Where the checks are: the round to run, what passed in it, and what failed in it without a word to the model. */
function progressOf(items: readonly Item[]): { round: number; passed: ReadonlySet<string>; failed: VerifyItem | null } {
  const before = items.findLast(isVerify)?.verify.round ?? 0
  const newest = newestOf(items)
  if (!isVerify(newest)) return { round: before + 1, passed: new Set(), failed: null }
  const { round } = newest.verify
  const ofRound = items.filter(isVerify).filter(({ verify }) => verify.round === round)
  return {
    round,
    passed: new Set(ofRound.flatMap(({ state, verify }) => (state === 'done' ? verify.command : []))),
    failed: newest.state === 'failed' && newest.exitCode !== undefined ? newest : null,
  }
}

/** The last thing that was done or said; what the app remarked behind it is neither. */
function newestOf(items: readonly Item[]): Item | undefined {
  return items.findLast(({ kind }) => kind !== 'notice')
}

function isVerify(item: Item | undefined): item is VerifyItem {
  return item?.kind === 'tool' && item.verify !== undefined
}

/** A command may have written anything; what only reads has not. */
function mayHaveChanged(item: Item): boolean {
  if (item.kind !== 'tool' || (item.state !== 'done' && item.state !== 'failed')) return false
  const kind = toolKindOf(item)
  if (kind === 'run') return item.exitCode !== undefined
  return kind === 'other' || (kind === 'edit' && item.state === 'done' && item.diff !== undefined)
}
