import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { temporaryFolder } from '../../../../test-support/tool-calls.ts'
import { sweepTempFolders, tempFolderOf } from './temp-folder.ts'

const DAY_MS = 24 * 60 * 60_000

test('the temp folder of a workspace goes when nothing is in it and nobody used it for a day, and no other does', async () => {
  vi.stubEnv('TMPDIR', await temporaryFolder({ 'claw-elsewhere/a.txt': '' }))
  const [empty, mounted, used, filled, linked, inUse] = await Promise.all(
    ['empty', 'mounted', 'used', 'filled', 'linked', 'in use'].map((root) => tempFolderOf(root)),
  )
  if (!empty || !mounted || !used || !filled || !linked || !inUse) throw new Error('Six were made.')
  await mkdir(join(mounted, 'home/person'), { recursive: true })
  await mkdir(join(filled, 'deep'))
  await writeFile(join(filled, 'deep/kept.txt'), '')
  await symlink('/', join(linked, 'root'))
  const guard = await tempFolderOf()
  const old = new Date(Date.now() - 2 * DAY_MS)
  for (const folder of [empty, mounted, used, filled, linked, guard]) await utimes(folder, old, old)
  // A command of today.
  await tempFolderOf('used')
  await sweepTempFolders(Date.now())
  const temporary = join(empty, '..')
  const left = (await readdir(temporary)).map((name) => join(temporary, name)).sort()
  vi.unstubAllEnvs()
  expect(left).toEqual([used, filled, linked, inUse, guard, join(temporary, 'claw-elsewhere')].sort())
})
