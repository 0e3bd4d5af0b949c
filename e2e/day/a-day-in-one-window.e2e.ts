import { test } from '../support/app.ts'
import { afternoon } from './afternoon.ts'
import { Day } from './day.ts'
import { evening } from './evening.ts'
import { morning } from './morning.ts'
import { noon } from './noon.ts'

test('a day in one window', async ({ machine, backend }) => {
  // Two minutes where all is well; the rest is for telling all that is not.
  test.setTimeout(600_000)
  await machine.write({ 'src/sum.js': 'export const sum = (a, b) => a - b\n', 'README.md': '# Parcel\n' })
  const day = new Day(machine, backend, { env: { CLAW_DEMO_SPEED: 'fast' } })
  await day.begin()
  await morning(day)
  await noon(day)
  await afternoon(day)
  await evening(day)
})
