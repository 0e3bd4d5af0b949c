import type { Seat } from './slots.ts'

/** For tests of other things: there is always room. */
export const freeSeat: Seat = { take: () => Promise.resolve(() => {}), leave() {} }
