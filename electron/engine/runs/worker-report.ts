import { z } from 'zod'
import { Failure } from '#shared/failure.ts'

/** What a worker tells who started it, as one line, when it has published itself or cannot. */
export const WorkerReport = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), failure: Failure }),
])
export type WorkerReport = z.infer<typeof WorkerReport>

/** The file descriptor that it goes through; input and outputs have work of their own. */
export const REPORT_FD = 3
