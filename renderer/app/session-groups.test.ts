import { expect, test } from 'vitest'
import type { SessionSummary } from '#shared/app-state.ts'
import { SessionId } from '#shared/ids.ts'
import { groupSessions, sessionsInOrder } from './session-groups.ts'

let count = 0
function session(title: string, cwd: string, updatedAt: number, note = ''): SessionSummary {
  count += 1
  return {
    sessionId: SessionId.parse(`session${String(count).padStart(3, '0')}`),
    title,
    cwd,
    state: 'idle',
    note,
    profileName: 'vLLM',
    demo: false,
    updatedAt,
  }
}

const sessions = [
  session('October incidents', '/home/ada/infra-notes', 10),
  session('Fix the token bucket test', '/home/ada/parcel-api', 50),
  session('Why is p99 up?', '/home/ada/parcel-api', 30),
  session('Dark theme', '/home/ada/web', 40, 'key refused'),
  session('Rename', '/srv/old/web', 20),
]
const shape = (search?: string) =>
  groupSessions(sessions, search).map(({ label, sessions: members }) => [label, members.map(({ title }) => title)])

test('sessions stand by folder, the newest first, and the folder with the newest one on top', () => {
  expect(shape()).toEqual([
    ['parcel-api', ['Fix the token bucket test', 'Why is p99 up?']],
    ['ada/web', ['Dark theme']],
    ['old/web', ['Rename']],
    ['infra-notes', ['October incidents']],
  ])
})

test('a search looks for every word in title, folder and note, and keeps the labels of the folders', () => {
  expect([shape('web RENAME'), shape('refused'), shape('parcel p99'), shape('nothing')]).toEqual([
    [['old/web', ['Rename']]],
    [['ada/web', ['Dark theme']]],
    [['parcel-api', ['Why is p99 up?']]],
    [],
  ])
})

test('the order for the number keys is that of the sidebar', () => {
  expect(sessionsInOrder(groupSessions(sessions)).map(({ updatedAt }) => updatedAt)).toEqual([50, 30, 40, 20, 10])
})

test('the root folder and a Windows path have a label too', () => {
  const odd = [session('a', '/', 2), session('b', 'C:\\code\\atlas', 1)]
  expect(groupSessions(odd).map(({ label }) => label)).toEqual(['/', 'atlas'])
})
