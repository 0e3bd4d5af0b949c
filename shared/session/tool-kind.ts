import { z } from 'zod'

/** What a tool does, for whoever shows a call of it; a tool that this app does not know is `other`. */
export const ToolKind = z.enum(['read', 'edit', 'search', 'run', 'other'])
export type ToolKind = z.infer<typeof ToolKind>

/** Why a call never ran, or not to its end. */
export const NotRunReason = z.enum(['cut', 'malformed', 'limit', 'unanswered', 'interrupted'])
export type NotRunReason = z.infer<typeof NotRunReason>

/** The kind of a call. Older journals do not say it: there the name of the tool tells. */
export function toolKindOf({ toolKind, name }: { toolKind?: ToolKind | undefined; name: string }): ToolKind {
  return toolKind ?? kindsByName[name] ?? 'other'
}

const kindsByName: Readonly<Record<string, ToolKind>> = {
  list_dir: 'read',
  read_file: 'read',
  glob_search: 'search',
  grep_search: 'search',
  edit_file: 'edit',
  write_file: 'edit',
  bash: 'run',
}

/** Whether a call never ran because the answer with it was cut. Older journals say so only in what the model reads. */
export function wasCut(call: { state: string; notRun?: NotRunReason | undefined; output: string }): boolean {
  if (call.state !== 'not-run') return false
  return call.notRun === undefined ? /\bcut\b/.test(call.output) : call.notRun === 'cut'
}
