/** Does a slice; true = there is no more to do. */
type Slice = (timeLeft: () => number) => boolean

/** Milliseconds of work in one go while the window is busy. */
const BUSY_SLICE = 4
/** And while it is idle: half a frame. */
const IDLE_SLICE = 8

const waiting = new Map<object, Slice>()
let scheduled = false

/** Work that may wait until the window has time, in slices, first come first served; one piece an owner. */
export function whenIdle(owner: object, slice: Slice): void {
  waiting.set(owner, slice)
  if (scheduled) return
  scheduled = true
  requestIdleCallback(run, { timeout: 200 })
}

function run(deadline: IdleDeadline): void {
  scheduled = false
  const budget = deadline.didTimeout ? BUSY_SLICE : Math.min(deadline.timeRemaining(), IDLE_SLICE)
  const endsAt = performance.now() + budget
  const timeLeft = () => endsAt - performance.now()
  for (const [owner, slice] of waiting) {
    if (timeLeft() <= 0) break
    if (slice(timeLeft)) waiting.delete(owner)
  }
  const next = waiting.entries().next().value
  if (next) whenIdle(...next)
}
