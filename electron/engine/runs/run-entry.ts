import { z } from 'zod'
import { ProfileId, type RunId, SessionId } from '#shared/ids.ts'
import { BackgroundRun, RunStatus } from '#shared/run/background.ts'
import { Usage } from '#shared/spending/usage.ts'
import { unknownUsage } from '#shared/spending/usage-totals.ts'
import { ENGINE_BUILD } from '../lib/engine-build.ts'
import { bootIdentity, identityOf, isAlive, type ProcessIdentity } from '../lib/process-identity.ts'
import { RunAddress } from './run-address.ts'
import { RUN_ENTRY_VERSION, RUN_PROTOCOL } from './run-version.ts'

/** A worker's process for good: a pid comes again, also with the same start time after the machine was started anew. */
const WorkerIdentity = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string(),
  boot: z.string(),
  /** Made anew by every worker, who says it in its greeting. */
  instanceId: z.string(),
})
type WorkerIdentity = z.infer<typeof WorkerIdentity>

/** The file of a run in the registry. Its worker alone writes it, and whoever finds that worker gone. */
export const RunEntry = z.object({
  version: z.literal(RUN_ENTRY_VERSION),
  protocol: z.number().int(),
  run: BackgroundRun.omit({ usable: true }),
  worker: WorkerIdentity,
  /** Where the worker listens; null before it does and when it is over. The token is good for this worker only. */
  endpoint: RunAddress.extend({ token: z.string() }).nullable(),
  /** The last event of the session before this run. */
  afterSeq: z.number().int(),
  /** The build that wrote it whole; older ones do not say it. */
  build: z.string().optional(),
})
export type RunEntry = z.infer<typeof RunEntry>

/** A run as this version reads it. */
export interface RegisteredRun {
  run: BackgroundRun
  /** null = another version wrote it. */
  entry: RunEntry | null
  /** null = another version wrote it in a way of its own. */
  worker: WorkerIdentity | null
}

/**
 * Reads the entry of a run; null = nothing that can be shown. Never throws. What our own build (empty = nobody is of it) wrote, this very code made:
 * it is taken as it is, since to examine it takes longer than all else that a list of runs does.
 */
export function readEntry(runId: RunId, value: unknown, build = ENGINE_BUILD): RegisteredRun | null {
  if (isOfBuild(value, build)) return registeredRunOf(value)
  const entry = RunEntry.safeParse(value)
  if (entry.success) return registeredRunOf(entry.data)
  const other = OtherVersion.safeParse(value)
  if (!other.success || other.data.version === RUN_ENTRY_VERSION) return null
  const note = other.data.run.note || 'started by another version of the app'
  return { run: { ...other.data.run, runId, note, usable: false }, entry: null, worker: other.data.worker }
}

function isOfBuild(value: unknown, build: string): value is RunEntry {
  return build !== '' && typeof value === 'object' && value !== null && 'build' in value && value.build === build
}

export function registeredRunOf(entry: RunEntry): RegisteredRun {
  return { run: { ...entry.run, usable: entry.protocol === RUN_PROTOCOL }, entry, worker: entry.worker }
}

/** What can be understood of an entry that another version wrote. */
const OtherVersion = z.object({
  version: z.number(),
  worker: WorkerIdentity.nullable().catch(null),
  run: z.object({
    sessionId: SessionId,
    status: RunStatus.catch('running'),
    pid: z.number().int().positive().nullable().catch(null),
    cwd: z.string().catch(''),
    profileId: ProfileId.catch(ProfileId.parse('unknown')),
    profileName: z.string().catch(''),
    model: z.string().catch(''),
    prompt: z.string().catch(''),
    title: z.string().catch(''),
    permissions: BackgroundRun.shape.permissions.catch({ write: 'ask', shell: 'ask', sandbox: true }),
    origin: z.string().catch(''),
    startedAt: z.number().int().nonnegative().catch(0),
    endedAt: z.number().int().nonnegative().nullable().catch(null),
    exitCode: z.number().int().nullable().catch(null),
    usage: Usage.catch(unknownUsage),
    limits: BackgroundRun.shape.limits.catch({}),
    phase: z.null().catch(null),
    phaseDetail: z.literal('').catch(''),
    tokensPerSecond: z.null().catch(null),
    approvals: z.array(z.never()).catch([]),
    waitsUntil: z.null().catch(null),
    queuedBefore: z.null().catch(null),
    plan: BackgroundRun.shape.plan,
    changes: BackgroundRun.shape.changes,
    verify: BackgroundRun.shape.verify,
    note: z.string().catch(''),
    ending: BackgroundRun.shape.ending.catch(undefined),
    viewers: z.literal(0).catch(0),
  }),
})

/** Says which process a worker is: one of ours, or one that was just started for us. */
export async function workerIdentity(process: ProcessIdentity, instanceId: string): Promise<WorkerIdentity> {
  return { ...process, boot: await bootIdentity(), instanceId }
}

/** The host of a run's worker, if that is not this machine. */
export function hostOf({ entry }: Pick<RegisteredRun, 'entry'>): string | null {
  return entry?.endpoint?.host ?? null
}

/** Whether exactly that worker is still there; where only a pid is known, that counts. */
export async function isWorkerAlive({ worker, run }: Pick<RegisteredRun, 'worker' | 'run'>): Promise<boolean> {
  if (worker) return (await isAlive(worker)) && (await bootIdentity()) === worker.boot
  return run.pid !== null && (await identityOf(run.pid)).startedAt !== ''
}
