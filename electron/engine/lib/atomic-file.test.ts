import { execFile } from 'node:child_process'
import { lstat, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { saveFile } from './atomic-file.ts'
import { saveFailure } from './storage-failure.ts'

const run = promisify(execFile)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claw-save-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('what a person saves replaces a file, and what a link leads to', async () => {
  const [file, link] = [join(folder, 'file.csv'), join(folder, 'link.csv')]
  await writeFile(file, 'old')
  await symlink(file, link)
  await saveFile(link, 'new')
  expect([await readFile(file, 'utf8'), (await lstat(link)).isSymbolicLink()]).toEqual(['new', true])
  await saveFile(join(folder, 'other.csv'), 'other')
  expect(await readFile(join(folder, 'other.csv'), 'utf8')).toBe('other')
})

test.runIf(process.platform !== 'win32')('what is no file stays what it is', async () => {
  const pipe = join(folder, 'pipe')
  await run('mkfifo', [pipe])
  const reading = run('cat', [pipe])
  await saveFile(pipe, 'through it')
  expect([(await reading).stdout, (await lstat(pipe)).isFIFO()]).toEqual(['through it', true])
})

test.each([
  ['EACCES', 'the system does not allow it there. Choose another place.'],
  ['EISDIR', 'there is a folder of that name. Choose another name.'],
  ['ENOTDIR', 'its folder is not there. Choose another place.'],
])('%s is told of the place that was chosen', (code, words) => {
  expect(saveFailure('/there', Object.assign(new Error('x'), { code })).message).toBe(
    `/there was not written: ${words}`,
  )
})
