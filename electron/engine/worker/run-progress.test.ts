import { expect, test } from 'vitest'
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
  const progress = new RunProgress(session.view(), false)
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
  const { plan, changes } = new RunProgress(session.view(), true).of(session.view())
  expect([plan, changes]).toEqual([
    { done: 1, total: 2 },
    { files: 1, added: 1, removed: 0 },
  ])
})
