import { expect, test } from 'vitest'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import { SessionId } from '#shared/ids.ts'
import { countFound, groupSessions, sessionsInOrder, shownGroups } from './session-groups.ts'

let count = 0
function session(title: string, cwd: string, updatedAt: number, note = ''): SessionSummary {
  count += 1
  return {
    sessionId: SessionId.parse(`sess${String(count).padStart(6, '0')}`),
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

test('thousands of sessions are shown a few at a time, and the open one is always among them', () => {
  const many = Array.from({ length: 3_000 }, (_, index) => session(`${index}`, '/home/ada/many', 10_000 - index))
  const folders = Array.from({ length: 60 }, (_, index) => session('one', `/home/ada/f${index}`, 1_000 - index))
  const groups = groupSessions([...many, ...folders])
  const current = many[2_500]?.sessionId ?? null
  const first = shownGroups(groups, {}, current)
  const more = shownGroups(groups, { '/home/ada/many': 4, '': 4 }, null)
  expect([
    [first.groups[0]?.sessions.length, first.groups[0]?.hidden, first.groups.length, first.hiddenFolders],
    first.groups[0]?.sessions.at(-1)?.title,
    [more.groups[0]?.sessions.length, more.groups.length, more.hiddenFolders],
    countFound([...many, ...folders], '2999'),
  ]).toEqual([[21, 2_979, 40, 21], '2500', [80, 61, 0], 1])
})
