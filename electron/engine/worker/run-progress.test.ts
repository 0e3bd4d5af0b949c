import { expect, test } from 'vitest'
import type { LimitSetter } from '#shared/limits/budget.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import { FakeSession, sessionId } from '../../../test-support/fake-sessions.ts'
import { RunProgress } from './run-progress.ts'

const ended = { durationMs: 1, summary: '' }

function edit(session: FakeSession, path: string, added: number, removed: number, outcome: 'done' | 'failed' = 'done') {
  const callId = `${path}${session.view().seq}`
  const call: UnstampedEvent = {
    ...{ type: 'tool-start', callId, name: 'edit_file', arguments: '{}' },
    ...{ recovered: false, verb: 'Edit', target: path },
  }
  session.emit(call)
  session.emit({ type: 'tool-end', callId, outcome, output: '', diff: { path, added, removed, hunks: [] }, ...ended })
}

test('a run tells its plan, and what it changed itself', () => {
  const session = new FakeSession(sessionId(1))
  session.startTurn()
  session.emit({ type: 'text-delta', text: '- [x] Before\n- [x] this run\n' })
  edit(session, 'before.ts', 90, 90)
  session.endTurn()
  const progress = new RunProgress(session.view(), false, {})
  session.subscribe((event) => progress.apply(event, session.view()))
  const told: unknown[] = []
  const tell = () => {
    const { plan, changes } = progress.of(session.view())
    told.push({ plan, changes })
  }
  session.emit({ type: 'title', title: 'Mend it' })
  tell()
  session.startTurn()
  session.emit({ type: 'text-delta', text: '- [ ] Read\n- [ ] Mend\n- [ ] Test\n' })
  edit(session, 'a.ts', 3, 1)
  tell()
  edit(session, 'b.ts', 10, 0, 'failed')
  edit(session, 'a.ts', 2, 2)
  edit(session, 'c.ts', 0, 4)
  session.emit({ type: 'text-delta', text: '- [x] Read\n- [x] Mend\n- [ ] Test' })
  tell()
  session.endTurn()
  tell()
  session.startTurn()
  tell()
  const changes = { files: 2, added: 5, removed: 7 }
  expect(told).toEqual([
    { plan: null, changes: null },
    { plan: { done: 0, total: 3 }, changes: { files: 1, added: 3, removed: 1 } },
    { plan: { done: 0, total: 3 }, changes },
    { plan: { done: 2, total: 3 }, changes },
    { plan: null, changes },
  ])
})

test('a run that goes on with a turn counts that turn', () => {
  const session = new FakeSession(sessionId(1))
  session.startTurn()
  session.emit({ type: 'text-delta', text: '- [x] Read\n- [ ] Mend\n' })
  edit(session, 'a.ts', 1, 0)
  const { plan, changes } = new RunProgress(session.view(), true, {}).of(session.view())
  expect([plan, changes]).toEqual([
    { done: 1, total: 2 },
    { files: 1, added: 1, removed: 0 },
  ])
})

test('a run tells its limits with what was raised of them', () => {
  const session = new FakeSession(sessionId(1))
  const progress = new RunProgress(session.view(), false, { totalTokens: 1500, turns: 3 })
  const raise = (limit: 'totalTokens' | 'turns', setBy: LimitSetter, to: number) => {
    session.emit({ type: 'budget-request', stop: { limit, allowed: 1, used: 1, setBy } })
    session.emit({ type: 'budget-answer', answer: { choice: 'raise', to } })
    return progress.of(session.view()).limits
  }
  session.startTurn()
  expect(progress.of(session.view()).limits).toEqual({ totalTokens: 1500, turns: 3 })
  const ofRun: LimitSetter = { kind: 'run', option: 'you, for this run' }
  expect(raise('totalTokens', ofRun, 2600)).toEqual({ totalTokens: 2600, turns: 3 })
  // One of a day, which the run has none of its own beside.
  expect(raise('turns', { kind: 'settings', profileId: null }, 9)).toEqual({ totalTokens: 2600, turns: 3 })
})
