import type { ApprovalRequest } from '#shared/approval/approval.ts'
import type { FileDiff } from '#shared/approval/file-diff.ts'
import type { ContentPart, ImagePart } from '#shared/session/content.ts'
import type { SeenFile } from '#shared/session/session-entry.ts'
import type { ToolKind } from '#shared/session/tool-kind.ts'
import type { SessionOrder, StartedSession } from './started-session.ts'
import type { Workspace } from './workspace.ts'

/** What a tool needs of the world while it runs. */
export interface ToolContext {
  workspace: Workspace
  signal: AbortSignal
  /** Live output of a command, as it comes. */
  onOutput(text: string): void
  /** false = the person lifted the operating system's sandbox (`--unsafe`). */
  sandbox: boolean
  /** What the model has seen of a file, by the path that it is shown. */
  known(path: string): KnownFile | null
  /** A person sees the change before it happens, so that a model that did not look first can do no harm unseen. */
  isShown?: boolean
  /** Names of variables that commands get although they may hold a secret: a trusted policy says so. */
  passedVariables?: readonly string[]
  /** Keeps an image for the result. Missing = none can be kept here. `FailureError` `invalid-input`, `storage`. */
  keepImage?(bytes: Uint8Array, name: string): Promise<ImagePart>
  /**
   * Begins a session that is part of this call: it spends from the purse of the turn that makes the call, and is stopped with
   * it. Missing = none can be begun here. Throws the signal's reason; `FailureError`: why it could not begin.
   */
  startSession?(order: SessionOrder): Promise<StartedSession>
  /** Names of variables that hold keys of backends: no command gets them. */
  keyVariables?: ReadonlySet<string>
}

export interface KnownFile {
  version: string
  /** The first line that was not seen, and how many there are; null = all were. */
  unseen: { line: number; of: number } | null
}

/** `output` is for the model, `summary` for the row a person reads ("7 matches in 3 files"). */
export interface ToolResult {
  ok: boolean
  output: string
  summary: string
  /** What it gives back, where that is more than text; `output` says all of it in words. */
  parts?: readonly ContentPart[]
  diff?: FileDiff
  exitCode?: number
  /** What the model knows of a file after this. */
  file?: SeenFile
}

/** The parts of an approval that only the tool knows; the agent adds call id, name and origin. */
export type ApprovalPreview = Pick<ApprovalRequest, 'purpose' | 'subject' | 'facts' | 'sessionRule'> & {
  /** It is asked about although a rule of the session covers it, or even although the permissions allow it. */
  beyond?: 'session-rules' | 'permissions'
}

/** What became of a call that was run. `outdated`: what it would change is no longer what the preview was made of. */
export type CallOutcome = { kind: 'done'; result: ToolResult } | { kind: 'outdated' }

/** A call that was looked at and has changed nothing yet. */
export interface PreparedCall {
  kind: 'prepared'
  /** What would happen, in full; null = the tool cannot say more than the call itself does. Of a read nobody is asked. */
  preview: ApprovalPreview | null
  /**
   * Does exactly what the preview says. Where the outcome is `outdated`, nothing was done; prepare the call again.
   * `confirmed` = a person has said yes to this very preview; what is asked about even where the permissions allow it is
   * refused without.
   */
  run(confirmed?: boolean): Promise<CallOutcome>
}

/** `settled`: nothing is left to do or to ask about: the call cannot work, or what it wants is so already. Its result says which. */
export type Preparation = PreparedCall | { kind: 'settled'; result: ToolResult }

/**
 * One tool. `prepare` and `run` never throw for what the model or the disk did wrong: that is a result with `ok: false`
 * which the model can act on. They throw only on abort (the signal's reason) and on defects of ours.
 */
export interface Tool<Input = unknown> {
  name: string
  description: string
  /** JSON Schema of the arguments, as the model reads it: bytes of the prompt. */
  parameters: Record<string, unknown>
  /** Reads the arguments of a call; `problems` are ends of the sentence "they are wrong: …". */
  parse(
    given: Readonly<Record<string, unknown>>,
  ): { ok: true; input: Input } | { ok: false; problems: readonly string[] }
  /** `unknown`: nobody here knows what it does, so a person is asked before each call. */
  access: 'read' | 'write' | 'shell' | 'unknown'
  /** How a call of it is shown. */
  kind: ToolKind
  /** For the tool row: verb and target, such as Read / src/sum.js. */
  describe(input: Input): { verb: string; target: string }
  /** Looks at a call and changes nothing. */
  prepare(input: Input, context: ToolContext): Promise<Preparation>
}
