import type { SlotHolder } from '../electron/engine/slots/slots.ts'

/** For tests of other things: there is always room. */
export const freeSlot: SlotHolder = { acquire: () => Promise.resolve(() => {}), leave() {} }
