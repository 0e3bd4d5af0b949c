/** Time, passed in so that tests own it. Milliseconds since 1970. */
export interface Clock {
  now(): number
}

/**
 * Milliseconds from some moment on, by a clock that only goes forward: what lasts is measured by it, so that setting the
 * clock of the computer neither ends nor prolongs anything. While the computer sleeps it stands still.
 */
export type Elapsed = () => number

export const systemElapsed: Elapsed = () => performance.now()

export const systemClock: Clock = { now: () => Date.now() }
