import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planOf } from '#shared/session/plan.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import { FakeSession, sessionId } from '../../../test-support/fake-sessions.ts'
import { RunWork } from './run-work.ts'

const words = fc
  .array(fc.constantFrom('- [ ] One', '- [x] Two', '  - [ ] Three', '\n', '\n\n', 'So.', '```', '- [', ' ] Four'))
  .map((pieces) => pieces.join(''))
const call = { callId: 'c', name: 'bash', arguments: '', recovered: false, verb: 'Run', target: 'ls' } as const
const event: fc.Arbitrary<UnstampedEvent> = fc.oneof(
  { weight: 5, arbitrary: words.map((text) => ({ type: 'text-delta' as const, text })) },
  fc.constantFrom<UnstampedEvent>(
    { type: 'reasoning-delta', text: '- [ ] Thought\n- [ ] of\n' },
    { type: 'tool-start', ...call },
    { type: 'warning', code: 'x', message: 'Well.' },
    { type: 'phase', phase: 'writing' },
  ),
)

test('however a turn comes in, its plan is the one that its whole text holds', () => {
  fc.assert(
    fc.property(fc.array(event), fc.array(event), (before, after) => {
      const session = new FakeSession(sessionId(1))
      session.startTurn()
      for (const one of before) session.emit(one)
      const work = new RunWork(session.view().turns, true)
      session.subscribe((one) => work.apply(one, session.view()))
      const seen: unknown[] = []
      const wanted: unknown[] = []
      const look = () => {
        const [turn] = session.view().turns
        const plan = turn ? planOf(turn) : null
        seen.push(work.plan)
        wanted.push(plan && { done: plan.done, total: plan.total })
      }
      for (const one of after) {
        session.emit(one)
        look()
      }
      session.endTurn()
      look()
      expect(seen).toEqual(wanted)
    }),
  )
})
