import type { Duplex } from 'node:stream'
import { z } from 'zod'

/** Where the worker of a run listens. An entry that names no host, as older builds write it, means this machine. */
export const RunAddress = z.object({
  /** null = this machine. */
  host: z.string().nullable().default(null),
  /** The private socket, by its path on that host. */
  path: z.string(),
})
export type RunAddress = z.infer<typeof RunAddress>

/**
 * Opens the way to the worker at an address; what is written before it stands is kept. `FailureError`: that host cannot be
 * reached from here. What goes wrong later ends the stream.
 */
export type Connect = (address: RunAddress) => Duplex
