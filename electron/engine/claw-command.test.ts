import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findClawCommand } from './claw-command.ts'

test('claw is spoken of as what works here', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'claw-command-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [clone, bin, apart] = [join(folder, 'a clone'), join(folder, 'bin'), join(folder, 'apart')]
  for (const one of [bin, apart, join(clone, 'scripts'), join(clone, 'src')]) await mkdir(one, { recursive: true })
  await writeFile(join(clone, 'scripts', 'claw.mjs'), '')
  const program = join(clone, 'out/cli/claw.js')
  const found = (cwd: string | null, at = program) =>
    findClawCommand({ env: { PATH: `/none:${bin}` }, program: at, cwd })
  const before = [found(join(clone, 'src')), found(apart), found(null), found(apart, join(apart, 'cli/bin/claw.js'))]
  await writeFile(join(bin, 'claw'), '')
  expect([...before, found(apart)]).toEqual([
    'npm run claw --',
    `npm --prefix '${clone}' run claw --`,
    `npm --prefix '${clone}' run claw --`,
    `node ${join(apart, 'cli/bin/claw.js')}`,
    'claw',
  ])
})
