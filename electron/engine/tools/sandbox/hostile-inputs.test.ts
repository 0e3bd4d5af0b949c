import { spawn } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { tryHostileInputs } from '../../../../test-support/hostile/try-inputs.ts'
import type { Outcome } from '../../../../test-support/hostile/world.ts'
import { describeSandbox } from './sandbox.ts'

/** An id that nobody has. */
const SOMEBODY = 65_533
const isRoot = process.getuid?.() === 0
const root = join(import.meta.dirname, '../../../..')

describe.runIf(await describeSandbox())('what a hostile command tries in the sandbox does not work', () => {
  test(`as ${isRoot ? 'root' : 'an ordinary user'}`, { timeout: 120_000 }, async () => {
    for (const name of ['HOME', 'TMPDIR', 'PATH', 'SSH_AUTH_SOCK', 'DBUS_SESSION_BUS_ADDRESS']) {
      vi.stubEnv(name, process.env[name] ?? '')
    }
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    expectHeld(await tryHostileInputs(await visibleFolder()))
  })

  test.runIf(isRoot)('as an ordinary user, tried by root', { timeout: 120_000 }, async () => {
    const folder = await visibleFolder()
    await chown(folder, SOMEBODY, SOMEBODY)
    const program = await mkdtemp(join(tmpdir(), 'claw-hostile-program-'))
    onTestFinished(() => rm(program, { recursive: true, force: true }))
    await chmod(program, 0o755)
    await build({
      root,
      logLevel: 'error',
      configFile: false,
      ssr: { noExternal: true },
      build: {
        ssr: join(root, 'test-support/hostile/try-inputs.ts'),
        outDir: program,
        target: 'node20',
        rollupOptions: { output: { entryFileNames: 'inputs.mjs', codeSplitting: false } },
      },
    })
    const url = pathToFileURL(join(program, 'inputs.mjs')).href
    const script = `const { tryHostileInputs } = await import(${JSON.stringify(url)})
      process.stdout.write(JSON.stringify(await tryHostileInputs(${JSON.stringify(folder)})))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      ...{ uid: SOMEBODY, gid: SOMEBODY, cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8' },
    })
    let text = ''
    child.stdout?.on('data', (part: Buffer) => {
      text += part.toString()
    })
    await new Promise((resolve) => child.once('close', resolve))
    expectHeld(JSON.parse(text))
  })
})

/** What a sandbox shows: not in the temp folder, which it replaces, and not in a home folder, which it hides. */
async function visibleFolder(): Promise<string> {
  const within = isRoot ? '/opt' : join(root, 'node_modules/.cache')
  await mkdir(within, { recursive: true })
  const folder = await mkdtemp(join(within, 'claw-hostile-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

function expectHeld(outcomes: readonly Outcome[]): void {
  expect(outcomes.filter(({ held }) => !held).map(({ name }) => name)).toEqual([])
  expect(outcomes.length).toBeGreaterThanOrEqual(120)
}
