import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import { SessionId } from '#shared/ids.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import { sampleRun } from '../../../test-support/sample-run.ts'
import { folderConflict } from './folder-conflict.ts'

let folder: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'claw-conflict-')))
  await mkdir(join(folder, 'project/server'), { recursive: true })
  await mkdir(join(folder, 'project-2'))
  await symlink(join(folder, 'project'), join(folder, 'link'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const ask: Permissions = { write: 'ask', shell: 'ask', sandbox: true }
const readOnly: Permissions = { write: 'deny', shell: 'deny', sandbox: true }
const runIn = (place: string, change: Partial<BackgroundRun> = {}) => sampleRun({ cwd: join(folder, place), ...change })
const wanted = (place = 'project', permissions = ask) => ({ cwd: join(folder, place), permissions })
const chat: SessionSummary = {
  sessionId: SessionId.parse('session009'),
  title: 'A chat',
  cwd: '',
  state: 'running',
  note: '',
  profileName: 'Demo',
  demo: true,
  updatedAt: 0,
}

test.each<[string, BackgroundRun['cwd'], Partial<BackgroundRun>, Parameters<typeof wanted>, boolean]>([
  ['a run in the same folder', 'project', {}, [], true],
  ['a run in the same folder by another way', 'link', {}, [], true],
  ['a run in a folder inside', 'project/server', {}, [], true],
  ['a run in a folder around', 'project', {}, ['project/server'], true],
  ['a run in a folder that begins alike', 'project-2', {}, [], false],
  ['a run whose folder is gone', 'gone', {}, [], false],
  ['a run that is over', 'project', { status: 'completed' }, [], false],
  ['a run that waits', 'project', { status: 'waiting-approval' }, [], true],
  ['a run that only reads', 'project', { permissions: readOnly }, [], false],
  ['a run that only runs commands', 'project', { permissions: { ...readOnly, shell: 'ask' } }, [], true],
  ['a new run that only reads', 'project', {}, ['project', readOnly], false],
])('whether %s is in the way', async (_name, place, change, asked, expected) => {
  const found = await folderConflict(wanted(...asked), [runIn(place, change)], [])
  expect(found !== null).toBe(expected)
})

test('the oldest run is named, before any chat', async () => {
  const runs = [runIn('project', { startedAt: 9 }), runIn('project', { startedAt: 2, title: 'The first' })]
  const session = { summary: { ...chat, cwd: join(folder, 'project') }, holder: 'the window' }
  expect(await folderConflict(wanted(), runs, [session])).toEqual({
    runId: runs[1]?.runId,
    sessionId: runs[1]?.sessionId,
    title: 'The first',
    cwd: join(folder, 'project'),
    where: 'the background',
    canHaveWorktree: false,
  })
})

test('a chat that works there is told, and that a worktree can be had', async () => {
  const project = join(folder, 'project')
  const commit = 'git init -q && git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m first'
  await promisify(execFile)('bash', ['-c', commit], { cwd: project })
  const session = { summary: { ...chat, cwd: project }, holder: 'a terminal' }
  expect(await folderConflict(wanted(), [], [session])).toEqual({
    runId: null,
    sessionId: chat.sessionId,
    title: 'A chat',
    cwd: project,
    where: 'a terminal',
    canHaveWorktree: true,
  })
})

test('the session of a run is no chat', async () => {
  const run = runIn('project', { permissions: readOnly })
  const session = { summary: { ...chat, sessionId: run.sessionId, cwd: run.cwd }, holder: 'the background run' }
  expect(await folderConflict(wanted(), [run], [session])).toBe(null)
})
