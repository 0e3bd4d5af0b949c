import type { Seat } from '../electron/engine/slots/slots.ts'

/** For tests of other things: there is always room. */
export const freeSeat: Seat = { enter: () => Promise.resolve(() => {}), leave() {} }
