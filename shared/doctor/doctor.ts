import { z } from 'zod'
import { ProfileId } from '../ids.ts'
import { BackendKind, ServerCompat } from '../profile/profile.ts'

/** What the doctor looks at, in the order in which it does. */
export const DoctorCheckId = z.enum([
  'reachable',
  'key',
  'model',
  'stream',
  'usage',
  'reasoning',
  'tools',
  'tools-whole',
  'parallel-tools',
  'system',
  'window',
  'cancel',
])
export type DoctorCheckId = z.infer<typeof DoctorCheckId>

/** A piece of a command; `added` = new beside what the person runs already, shown marked. */
const CommandPart = z.object({ text: z.string(), added: z.boolean() })
export type CommandPart = z.infer<typeof CommandPart>

/** What a remedy changes about the profile. */
const DoctorChange = z.object({
  kind: BackendKind.optional(),
  baseUrl: z.string().optional(),
  model: z.string().optional(),
  contextWindow: z.number().int().positive().optional(),
  /** Members to add to the extra body; what is there already stays. */
  extraBody: z.record(z.string(), z.json()).optional(),
  /** null = nothing of it is true any more. */
  compat: ServerCompat.nullable().optional(),
})
export type DoctorChange = z.infer<typeof DoctorChange>

const DoctorRemedy = z.object({
  text: z.string(),
  /** Joined by blanks it is one command. */
  command: z.array(CommandPart).optional(),
  apply: z.object({ label: z.string(), change: DoctorChange }).optional(),
})
export type DoctorRemedy = z.infer<typeof DoctorRemedy>

/**
 * One check. `problem` = the agent cannot work like this, `warning` = it works but something is lost, `not-tried` = it
 * waits for what `evidence` names, or nobody can tell.
 */
export const DoctorCheck = z.object({
  id: DoctorCheckId,
  title: z.string(),
  state: z.enum(['ok', 'warning', 'problem', 'not-tried']),
  /** What was seen: one sentence or two, with numbers. */
  evidence: z.string(),
  /** For the list of backends, where only a few words fit. */
  brief: z.string().optional(),
  /** The server's own words, without keys. */
  quote: z.string().optional(),
  /** HTTP status of a refusal. */
  status: z.number().optional(),
  remedies: z.array(DoctorRemedy),
  /** Milliseconds; null = it came out of another check. */
  ms: z.number().nullable(),
})
export type DoctorCheck = z.infer<typeof DoctorCheck>

/** What one examination found; kept as `doctor/<profileId>.json` in the data folder. */
export const DoctorReport = z.object({
  version: z.literal(1),
  profileId: ProfileId,
  /** As the profile said then: with other values the report is about something else. */
  baseUrl: z.string(),
  profileModel: z.string(),
  /** The model that was examined; empty = it did not come to that. */
  model: z.string(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  ms: z.number(),
  /** Input and output of all calls together. */
  tokens: z.number().int().nonnegative(),
  /** Part of `tokens` is our own count: the server did not say. */
  tokensEstimated: z.boolean(),
  /** The model is not loaded, and nobody allowed to load it. */
  wantsLoad: z.boolean(),
  checks: z.array(DoctorCheck),
})
export type DoctorReport = z.infer<typeof DoctorReport>

/** What is known of a profile: the last report, and while it is examined the checks so far. */
export interface DoctorState {
  /** null = not being examined. */
  running: {
    startedAt: number
    checks: readonly DoctorCheck[]
    /** Before its next call: "next, vLLM has 1 slot"; null = it does not wait. */
    waits: string | null
  } | null
  report: DoctorReport | null
}
