import { expect, test } from 'vitest'
import { LinkGate } from './link-gate.ts'

function gateAt() {
  const clock = { ms: 0 }
  return { clock, gate: new LinkGate(() => clock.ms) }
}

test('one press opens one link, and soon', () => {
  const { clock, gate } = gateAt()
  const before = gate.mayOpen(false)
  gate.input('mouseMove')
  const moved = gate.mayOpen(false)
  gate.input('mouseDown')
  const opened = [gate.mayOpen(false), gate.mayOpen(false)]
  gate.input('rawKeyDown')
  clock.ms += 2001
  expect({ before, moved, opened, late: gate.mayOpen(false) }).toEqual({
    before: false,
    moved: false,
    opened: [true, false],
    late: false,
  })
})

test('a program that reads the screen presses without an input, but not without end', () => {
  const { clock, gate } = gateAt()
  const opened = [gate.mayOpen(true), gate.mayOpen(true)]
  clock.ms += 1000
  expect([...opened, gate.mayOpen(true)]).toEqual([true, false, true])
})
