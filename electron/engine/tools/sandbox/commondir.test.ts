import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { holdCommondir } from './commondir.ts'

async function folders(): Promise<{ leases: string; git: string; top: string }> {
  const top = await mkdtemp(join(tmpdir(), 'claw-commondir-'))
  onTestFinished(() => rm(top, { recursive: true, force: true }))
  const git = join(top, 'git')
  await mkdir(git)
  return { leases: join(top, 'leases'), git, top }
}

test('the idle file stands there until the last one lets go', async () => {
  const { leases, git } = await folders()
  const [one, other] = await Promise.all([holdCommondir(leases, [git]), holdCommondir(leases, [git])])
  await one.release()
  expect([one.held, await readdir(git)]).toEqual([[git], ['commondir']])
  await other.release()
  expect(await readdir(git)).toEqual([])
})

test('where one of the folders cannot be held, nothing is left in the others', async () => {
  const { leases, git, top } = await folders()
  await expect(holdCommondir(leases, [git, join(top, 'gone')])).rejects.toThrow('ENOENT')
  expect(await readdir(git)).toEqual([])
})
