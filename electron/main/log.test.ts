import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DefectLog, describeDefect } from './log.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claw-log-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('a defect is written down with its kind and place, without its message', async () => {
  const path = join(folder, 'logs', 'main.log')
  const log = new DefectLog(path)
  const cause = Object.assign(new Error('sk-secret'), { code: 'ENOENT' })
  await log.write(new TypeError('sk-secret in the prompt', { cause }))
  await log.write('sk-secret')
  const text = await readFile(path, 'utf8')
  expect(text).toMatch(/^\d{4}-.*Z TypeError\n\s+at .*log\.test\.ts/)
  expect(text).toMatch(/caused by Error ENOENT\n/)
  expect(text).toMatch(/Z A thrown string\n$/)
  expect([text.includes('sk-secret'), ((await stat(path)).mode & 0o777).toString(8)]).toEqual([false, '600'])
})

it('a message of several lines does not slip in with the stack', () => {
  expect(describeDefect(new Error('first\n  secret line\n  at secret place'))).not.toContain('secret')
})

it('a log that has grown large is set aside once', async () => {
  const path = join(folder, 'main.log')
  await writeFile(path, 'x'.repeat(1_000_001))
  await writeFile(`${path}.1`, 'older')
  await new DefectLog(path).write(new Error())
  expect([(await readdir(folder)).sort(), (await stat(`${path}.1`)).size]).toEqual([
    ['main.log', 'main.log.1'],
    1_000_001,
  ])
})

it('a log that cannot be written stops nothing', async () => {
  await writeFile(join(folder, 'logs'), 'a file where the folder should be')
  await expect(new DefectLog(join(folder, 'logs', 'main.log')).write(new Error())).resolves.toBeUndefined()
})
