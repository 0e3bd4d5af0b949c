import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EndHold, type ReaderAct } from './end-hold.ts'

const ROOM = 500

/** A page as a browser lays it out: what is too far down is pulled up when it is measured, and told of in the next frame. */
class Page {
  readonly hold = new EndHold()
  #height = 2000
  #top = 1500
  #told = 1500
  #measured = 2000

  constructor() {
    this.hold.resized(this.#seen())
  }

  get gap(): number {
    return this.#height - this.#top - ROOM
  }

  grow(by: number): void {
    this.#height = Math.max(0, this.#height + by)
  }

  measure(): void {
    this.#top = Math.min(this.#top, Math.max(0, this.#height - ROOM))
  }

  act(act: ReaderAct): void {
    this.hold.act(act, this.#seen())
  }

  move(by: number): void {
    this.measure()
    this.#top = Math.max(0, this.#top + by)
    this.measure()
  }

  /** Scroll events first, then what observes sizes. */
  frame(): void {
    if (this.#top !== this.#told) {
      this.#told = this.#top
      if (this.hold.scrolled(this.#seen())) this.#toEnd()
    }
    this.measure()
    if (this.#height === this.#measured) return
    this.#measured = this.#height
    this.#toEnd()
  }

  #toEnd(): void {
    if (this.hold.holds) this.#top = Math.max(0, this.#height - ROOM)
    this.hold.resized(this.#seen())
  }

  #seen(): { top: number; height: number; room: number } {
    // Whoever asks for the place has the page measured.
    this.measure()
    return { top: this.#top, height: this.#height, room: ROOM }
  }
}

type Step = (page: Page) => void

const click: Step = (page) => {
  page.act('grab')
  page.act('release')
}
const sizes = fc.oneof(
  fc.integer({ min: -900, max: 900 }).map(
    (by): Step =>
      (page) =>
        page.grow(by),
  ),
  fc.constant<Step>((page) => page.measure()),
  fc.constant<Step>((page) => page.frame()),
)
const harmless = fc.oneof(
  { weight: 4, arbitrary: sizes },
  { weight: 1, arbitrary: fc.constantFrom<Step>(click, (page) => page.act('down')) },
)

test('while the reader has not gone up, the end is in sight after every frame, whatever the page and the browser do', () => {
  fc.assert(
    fc.property(fc.array(harmless, { maxLength: 30 }), (steps) => {
      const page = new Page()
      for (const step of steps) step(page)
      page.frame()
      // The place of the last growth is told of in one more.
      page.frame()
      // A few pixels are no distance (`NEAR`).
      expect({ isInSight: page.gap <= 4, holds: page.hold.holds }).toEqual({ isInSight: true, holds: true })
    }),
    { numRuns: 2000 },
  )
})

test('a reader who went up is pulled nowhere, whatever the page does, until they are at the end by themselves', () => {
  const up = fc.constantFrom<Step>(
    (page) => {
      page.act('up')
      page.move(-120)
      page.frame()
    },
    (page) => {
      page.act('grab')
      // Slowly: each step alone is hardly one.
      for (let step = 0; step < 10; step++) {
        page.move(-2)
        page.frame()
      }
      page.act('release')
    },
  )
  fc.assert(
    fc.property(up, fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 20 }), (goUp, growths) => {
      const page = new Page()
      goUp(page)
      const below = page.gap
      for (const by of growths) {
        page.grow(by)
        page.frame()
      }
      expect({ below: page.gap - growths.reduce((sum, by) => sum + by, 0), holds: page.hold.holds }).toEqual({
        below,
        holds: false,
      })
      page.act('down')
      page.move(100_000)
      page.frame()
      page.grow(300)
      page.frame()
      expect({ gap: page.gap, holds: page.hold.holds }).toEqual({ gap: 0, holds: true })
    }),
  )
})

test.each<[string, boolean, Step[]]>([
  [
    'a card that goes and one that comes after a click are no way up',
    true,
    [click, (page) => page.grow(-300), (page) => page.measure(), (page) => page.grow(400)],
  ],
  [
    'nor are they while a button is held down',
    true,
    [(page) => page.act('release'), (page) => page.grow(-300), (page) => page.frame(), (page) => page.grow(400)],
  ],
  [
    'nor where a frame was between them and the text is held',
    true,
    [(page) => page.act('grab'), (page) => page.grow(-300), (page) => page.frame(), (page) => page.grow(400)],
  ],
  [
    'a page that is shorter for a moment and then as long as before has its end in sight',
    true,
    [(page) => page.grow(-480), (page) => page.measure(), (page) => page.grow(480)],
  ],
  ['the bar that is dragged up is one', false, [(page) => page.act('grab'), (page) => page.move(-40)]],
  ['a page that is whole in sight has no way up', true, [(page) => page.grow(-1800), (page) => page.act('up')]],
])('%s', (_what, holds, steps) => {
  const page = new Page()
  for (const step of steps) step(page)
  page.frame()
  page.frame()
  expect(page.hold.holds).toBe(holds)
  if (holds) expect(page.gap).toBeLessThanOrEqual(0)
})
