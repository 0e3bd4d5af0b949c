import { z } from 'zod'
import { ApprovalRequest } from '../approval/approval.ts'
import { ProfileId, RunId, SessionId } from '../ids.ts'
import { Limits } from '../limits/budget.ts'
import { Permissions } from '../policy/permissions.ts'
import { Usage } from '../spending/usage.ts'
import { unknownUsage } from '../spending/usage-totals.ts'
import { MOST_VERIFY_COMMANDS, VerifyCommand } from '../verify/verify-command.ts'

/** As `agent-ps --json` prints it (docs/contracts.md). `interrupted`: its process is gone and nobody ended the run. */
export const RunStatus = z.enum([
  'starting',
  'running',
  'waiting-approval',
  'completed',
  'failed',
  'killed',
  'interrupted',
])
export type RunStatus = z.infer<typeof RunStatus>

/** A copy of the repository that a run works in, so that it meets nobody else's changes; see `git worktree`. */
export const RunWorktree = z.object({
  path: z.string(),
  branch: z.string(),
  /** The folder that it is a copy of; missing = as in the entries from before it was kept. */
  repository: z.string().optional(),
  /** When the run ended: changed and new files that are in no commit, and commits that only its branch has. */
  left: z.object({ uncommitted: z.number().int(), commits: z.number().int() }).optional(),
})
export type RunWorktree = z.infer<typeof RunWorktree>

/** How far a run is, by the checklist that its model wrote. */
const RunPlan = z.object({ done: z.number().int().nonnegative(), total: z.number().int().positive() })
export type RunPlan = z.infer<typeof RunPlan>

/** The files that a run changed with its tools, and the lines of all its changes. */
const RunChanges = z.object({
  files: z.number().int().positive(),
  added: z.number().int().nonnegative(),
  removed: z.number().int().nonnegative(),
})
export type RunChanges = z.infer<typeof RunChanges>

/**
 * How a run came to its end, where its status says too little. `killed`: somebody ended it by name. `stopped`: its turn was
 * stopped. `signal`: the system or another program ended its process. `moved`: it went on elsewhere. `unread`: no message
 * came. `not-begun`: it ended before it began.
 */
export type RunEnding =
  | 'completed'
  | 'killed'
  | 'stopped'
  | 'signal'
  | 'moved'
  | 'unread'
  | 'limit'
  | 'failed'
  | 'not-begun'
  | 'interrupted'

/** A background run as lists, tray and dashboards show it. The contents of the work are in its session. */
export const BackgroundRun = z.object({
  runId: RunId,
  sessionId: SessionId,
  status: RunStatus,
  /** null before the worker has published itself. */
  pid: z.number().int().positive().nullable(),
  cwd: z.string(),
  /** Missing = it works in the folder itself. */
  worktree: RunWorktree.optional(),
  profileId: ProfileId,
  profileName: z.string(),
  model: z.string(),
  prompt: z.string(),
  title: z.string(),
  permissions: Permissions,
  /** Where it was started: "a terminal", "the window". */
  origin: z.string(),
  /** Milliseconds since 1970. */
  startedAt: z.number().int().nonnegative(),
  endedAt: z.number().int().nonnegative().nullable(),
  exitCode: z.number().int().nullable(),
  /** A person was asked at a limit and chose that end. Missing = nobody did. */
  endChosen: z.boolean().optional(),
  usage: Usage,
  limits: Limits,
  /** In the words of the phase line; null = over or not known. */
  phase: z.string().nullable(),
  phaseDetail: z.string(),
  /** Output tokens a second of the answer that is being written. */
  tokensPerSecond: z.number().nullable(),
  /** What waits for a person, oldest first. */
  approvals: z.array(z.object({ request: ApprovalRequest, since: z.number() })),
  /** When a waiting run ends by itself; null = it does not wait. */
  waitsUntil: z.number().nullable(),
  /** How many are before it in the queue of its backend; null = it does not queue. */
  queuedBefore: z.number().int().nonnegative().nullable(),
  /** null = its newest turn has none, as in the entries from before it existed. */
  plan: RunPlan.nullable().catch(null),
  /** null = nothing yet, as in the entries from before it existed. */
  changes: RunChanges.nullable().catch(null),
  /** How the work of its newest turn was checked; null = it was not, as in the entries from before checks. */
  verify: z.object({ command: z.string(), ok: z.boolean(), rounds: z.int().positive() }).nullable().catch(null),
  /** One line where a state needs words: why it failed, which limit ended it, who killed it. */
  note: z.string(),
  /** A `RunEnding`, or one of a newer build. Missing = the run is not over, or an older build wrote the entry. */
  ending: z.string().optional(),
  /** Windows and terminals that look at it now. */
  viewers: z.number().int().nonnegative(),
  /** false = written by another version: it is shown, and cannot be attached to. */
  usable: z.boolean(),
})
export type BackgroundRun = z.infer<typeof BackgroundRun>

/** What a list tells of a run, in a table or as JSON. */
export type ListedRun = Pick<
  BackgroundRun,
  | 'runId'
  | 'sessionId'
  | 'status'
  | 'pid'
  | 'cwd'
  | 'profileId'
  | 'model'
  | 'prompt'
  | 'title'
  | 'note'
  | 'ending'
  | 'startedAt'
  | 'endedAt'
  | 'exitCode'
  | 'usage'
  | 'phase'
  | 'phaseDetail'
  | 'queuedBefore'
  | 'tokensPerSecond'
  | 'plan'
  | 'verify'
  | 'approvals'
  | 'usable'
>

/** What there is to say of a run before its worker does. */
export const unstartedRun = {
  status: 'starting',
  pid: null,
  endedAt: null,
  exitCode: null,
  usage: unknownUsage,
  phase: null,
  phaseDetail: '',
  tokensPerSecond: null,
  approvals: [],
  waitsUntil: null,
  queuedBefore: null,
  plan: null,
  changes: null,
  verify: null,
  note: '',
  viewers: 0,
} satisfies Partial<BackgroundRun>

/** What a new background run is asked to do. */
export const NewRun = z.object({
  prompt: z.string().min(1).max(1_000_000),
  cwd: z.string().min(1).max(4096),
  profileId: ProfileId,
  permissions: Permissions,
  limits: Limits,
  /** Commands that must pass before it counts as done; missing = those of the folder and the profile. */
  verify: z.array(VerifyCommand).max(MOST_VERIFY_COMMANDS).optional(),
  /** In a worktree of its own, on a new branch; the folder has to be in a git repository. */
  worktree: z.boolean().optional(),
})
export type NewRun = z.infer<typeof NewRun>

/** Who works already in the folder that a new run was to work in. */
export const FolderConflict = z.object({
  /** null = a chat in a window or a terminal. */
  runId: RunId.nullable(),
  sessionId: SessionId,
  title: z.string(),
  cwd: z.string(),
  /** "the background", "the window", "a terminal" */
  where: z.string(),
  /** The new run can have a worktree of its own. */
  canHaveWorktree: z.boolean(),
})
export type FolderConflict = z.infer<typeof FolderConflict>
