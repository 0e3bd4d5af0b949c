import { beforeEach, expect, test } from 'vitest'
import { ProfileId, SessionId, TurnId } from '#shared/ids.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { noUsage } from '#shared/spending/usage-totals.ts'
import { shownBlocks } from '../lib/text-documents.ts'
import { applySessionMessages, expectSession, isUrgent, useSessionStore } from './session-store.ts'

const sessionId = SessionId.parse('aaaaaaaaaa')
const turnId = TurnId.parse('bbbbbbbbbb')

const view: SessionView = {
  sessionId,
  cwd: '/home/me/parcel-api',
  title: 'Fix it',
  profile: { profileId: ProfileId.parse('demo'), profileName: 'Demo', kind: 'demo', model: '' },
  permissions: { write: 'ask', shell: 'ask', sandbox: true },
  seq: 10,
  startedAt: 0,
  updatedAt: 0,
  turns: [{ turnId, text: 'go', startedAt: 0, items: [], usage: noUsage, iterations: 0, toolCalls: 0, end: null }],
  activity: { phase: 'connecting', since: 0 },
  approvals: [],
  budgetRequest: null,
  queued: [],
  iterations: 0,
  toolCalls: 0,
  usage: noUsage,
}

const session = () => useSessionStore.getState().sessions[sessionId]
const delta = (seq: number, text: string) => ({ type: 'text-delta' as const, seq, at: seq, text })

beforeEach(() => {
  useSessionStore.setState({ sessions: {} })
  expectSession(sessionId)
})

test('a batch of messages is one change of the store', () => {
  let changes = 0
  const stop = useSessionStore.subscribe(() => {
    changes += 1
  })
  applySessionMessages([
    { type: 'snapshot', sessionId, view },
    { type: 'events', sessionId, events: [delta(11, 'Hel'), delta(12, 'lo')] },
    { type: 'events', sessionId, events: [delta(13, ' there')] },
  ])
  stop()
  expect({ changes, items: session()?.view?.turns[0]?.items }).toEqual({
    changes: 1,
    items: [{ kind: 'text', text: 'Hello there' }],
  })
})

test('events that a snapshot holds already change nothing', () => {
  applySessionMessages([
    { type: 'snapshot', sessionId, view },
    { type: 'events', sessionId, events: [delta(9, 'old'), delta(10, 'old'), delta(11, 'new')] },
  ])
  expect(session()?.view?.turns[0]?.items).toEqual([{ kind: 'text', text: 'new' }])
})

test('blocks keep their identity from batch to batch', () => {
  applySessionMessages([
    { type: 'snapshot', sessionId, view },
    { type: 'events', sessionId, events: [delta(11, 'one\n\ntwo\n\nthree\n\nfo')] },
  ])
  const before = textBlocks()
  applySessionMessages([{ type: 'events', sessionId, events: [delta(12, 'ur')] }])
  const after = textBlocks()
  expect(after.map((block, index) => block === before[index])).toEqual([true, true, true, false])
})

test('a message of a session that was left is dropped', () => {
  const other = SessionId.parse('cccccccccc')
  applySessionMessages([{ type: 'snapshot', sessionId: other, view: { ...view, sessionId: other } }])
  expect(useSessionStore.getState().sessions[other]).toBe(undefined)
})

test('questions and ends are urgent, text is not', () => {
  const messages = [
    { type: 'snapshot' as const, sessionId, view },
    { type: 'events' as const, sessionId, events: [delta(11, 'x')] },
    {
      type: 'events' as const,
      sessionId,
      events: [
        delta(11, 'x'),
        {
          type: 'turn-end' as const,
          seq: 12,
          at: 0,
          turnId,
          reason: 'completed' as const,
          failure: null,
          budget: null,
        },
      ],
    },
  ]
  expect(messages.map(isUrgent)).toEqual([true, false, true])
})

function textBlocks() {
  const item = session()?.view?.turns[0]?.items[0]
  return item?.kind === 'text' ? shownBlocks(item).blocks : []
}
