import type { z } from 'zod'
import type { ApprovalRequest } from '#shared/approval.ts'
import type { FileDiff } from '#shared/file-diff.ts'
import type { Workspace } from './workspace.ts'

/** What a tool needs of the world while it runs. */
export interface ToolContext {
  workspace: Workspace
  signal: AbortSignal
  /** Live output of a command, as it comes. */
  onOutput(text: string): void
  /** false = the person lifted the operating system's sandbox (`--unsafe`). */
  sandbox: boolean
  /** Names of variables that commands get although they may hold a secret: a trusted policy says so. */
  passedVariables?: readonly string[]
}

/** `output` is for the model, `summary` for the row a person reads ("7 matches in 3 files"). */
export interface ToolResult {
  ok: boolean
  output: string
  summary: string
  diff?: FileDiff
  exitCode?: number
}

/** The parts of an approval that only the tool knows; the agent adds call id, name and origin. */
export type ApprovalPreview = Pick<ApprovalRequest, 'purpose' | 'subject' | 'facts' | 'sessionRule'>

/**
 * One tool. `run` and `preview` never throw for what the model or the disk did wrong: that is a result with `ok: false`
 * which the model can act on. They throw only on abort (the signal's reason) and on defects of ours.
 */
export interface Tool<Input = unknown> {
  name: string
  description: string
  input: z.ZodType<Input>
  access: 'read' | 'write' | 'shell'
  /** For the tool row: verb and target, such as Read / src/sum.js. */
  describe(input: Input): { verb: string; target: string }
  /** What would happen, in full, before anything happens; an `ok: false` result means that it cannot work anyway. */
  preview?(input: Input, context: ToolContext): Promise<ApprovalPreview | ToolResult>
  run(input: Input, context: ToolContext): Promise<ToolResult>
}
