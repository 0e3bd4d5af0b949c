import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SessionFiles } from './session-files.ts'
import { lockSession, sessionLockState } from './session-lock.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claw-lock-'))
  path = join(folder, 'abcdefghij.lock')
})
afterEach(() => rm(folder, { recursive: true }))

/** A file system without links. */
const noLink = () => Promise.reject(Object.assign(new Error('link not supported'), { code: 'EPERM' }))
const outcome = (taking: Promise<unknown>) =>
  taking.then(
    () => 'taken',
    (error) => error.failure?.message ?? String(error),
  )

test('one process has a session, on a file system without links too', async () => {
  const all = await Promise.all([1, 2, 3].map(() => outcome(lockSession(path, 'a terminal', noLink))))
  expect(all.sort()).toEqual([
    expect.stringMatching(/^This session is open in a terminal/),
    expect.stringMatching(/^This session is open in a terminal/),
    'taken',
  ])
})

test('a lock that is empty and new is waited for, one that stays empty binds nobody', async () => {
  await writeFile(path, '')
  expect(await outcome(lockSession(path, 'a terminal', noLink))).toBe('taken')
  expect(await sessionLockState(path)).toBe('held')
})

test('a lock that cannot be removed is left behind without a word', async () => {
  const lock = await lockSession(path, 'a terminal')
  await rm(path)
  await mkdir(join(path, 'inside'), { recursive: true })
  await lock.release()
  expect(await readdir(folder)).toEqual(['abcdefghij.lock'])
})

test('what processes left behind that were killed is swept away when it is old', async () => {
  const files = new SessionFiles(folder)
  await files.prepare()
  const names = [
    'abcdefghij.json.77',
    'abcdefghij.lock.78',
    'abcdefghij.lock.stale.79',
    'abcdefghij.json',
    'notes.json.1',
  ]
  for (const name of names) {
    await writeFile(join(files.folder, name), '{')
    await utimes(join(files.folder, name), 0, 0)
  }
  await writeFile(join(files.folder, 'abcdefghij.json.80'), '{')
  await files.sweep(Date.now())
  expect((await readdir(files.folder)).sort()).toEqual(['abcdefghij.json', 'abcdefghij.json.80', 'notes.json.1'])
})
