import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { contextFor, ownTemporaryFolder, runTool, temporaryWorkspace } from '../../../../test-support/tool-calls.ts'
import { describeSandbox } from '../sandbox/sandbox.ts'
import { createBashTool } from './bash.ts'
import { COMMAND_LIMITS, makeCommandGroup } from './command-group.ts'

ownTemporaryFolder()

const bash = createBashTool()
const hasSandbox = (await describeSandbox()) !== null
const WAYS = [
  ['without a sandbox', false],
  ['in the sandbox, where there is one', true],
] as const
const LEFT = '[the processes that it left in the background were ended with it: none of them is running now]'

test.each(WAYS)('a command of 300 KiB runs as it is, %s', async (_name, sandbox) => {
  const workspace = await temporaryWorkspace()
  const text = 'a line of a generated file, ä\n'.repeat(11_000)
  const command = `cat > big.txt <<'X'\n${text}X\nwc -c < big.txt; exit 3`
  expect(await runTool(bash, { command }, contextFor(workspace, { sandbox }))).toEqual({
    ok: false,
    output: `${Buffer.byteLength(text)}\n[exit code 3]`,
    summary: 'exit 3',
    exitCode: 3,
  })
  expect(await readFile(`${workspace.root}/big.txt`, 'utf8')).toBe(text)
})

test('a command that no system takes is told what to do', async () => {
  const workspace = await temporaryWorkspace()
  expect(await runTool(bash, { command: `: ${'x'.repeat(1_100_000)}` }, contextFor(workspace))).toEqual({
    ok: false,
    output:
      'Error: This command is too long for the system (more than 1 MiB). Write the text to a file with write_file and run that.',
    summary: 'command too long',
  })
})

test.each(WAYS)('the model is told of a server that ended with its command, %s', async (_name, sandbox) => {
  const workspace = await temporaryWorkspace()
  const context = contextFor(workspace, { sandbox })
  expect(await runTool(bash, { command: 'sleep 100 & echo the server is up' }, context)).toEqual({
    ok: true,
    output: `the server is up\n${LEFT}`,
    summary: 'exit 0',
    exitCode: 0,
  })
  expect(await runTool(bash, { command: 'sleep 0.01 & wait; echo a | cat; exit 4' }, context)).toMatchObject({
    output: 'a\n[exit code 4]',
  })
})

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('without a sandbox, what left its parent and cleared its environment is found and ended', async () => {
    const workspace = await temporaryWorkspace()
    const seconds = `9${String(Math.random()).slice(2, 10)}`
    const command = `env -i setsid -f sleep ${seconds} </dev/null >/dev/null 2>&1; echo done`
    const { output } = await runTool(bash, { command }, contextFor(workspace))
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    expect([output, lines.filter((line) => line.includes(seconds))]).toEqual([`done\n${LEFT}`, []])
  })

  test('too few descriptors are a result, and no error of the app', async () => {
    const workspace = await temporaryWorkspace()
    const contexts = WAYS.map(([, sandbox]) => contextFor(workspace, { sandbox }))
    for (const context of contexts) await runTool(bash, { command: 'true' }, context)
    const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n'])
    // Nothing can be started while the limit holds, so what sets it is there before.
    const setter = spawn('sh', ['-c', `while read n; do prlimit --pid ${process.pid} --nofile=$n:; echo set; done`])
    const setLimit = async (limit: number) => {
      setter.stdin.write(`${limit}\n`)
      await once(setter.stdout, 'data')
    }
    const used = new Set((await readdir('/proc/self/fd')).map(Number))
    const free = Array.from({ length: 2_000 }, (_, number) => number).filter((number) => !used.has(number))
    const words = []
    for (const limit of free.slice(0, 4)) {
      await setLimit(limit)
      for (const context of contexts) words.push((await runTool(bash, { command: 'true' }, context)).output)
    }
    await setLimit(Number(stdout))
    setter.stdin.end()
    await once(setter, 'exit')
    expect([...new Set(words)]).toEqual(['Error: Too many files are open at the moment. Try again.'])
    expect(await runTool(bash, { command: 'true' }, contexts[1] ?? contextFor(workspace))).toMatchObject({ ok: true })
  })

  const group = makeCommandGroup()
  const forks = `perl -e 'for (1..300) { my $p = fork; if (!defined $p) { $none++ } elsif (!$p) { sleep 3; exit } } print "$none refused"'`

  // Root is held by a group of the kernel, others by a limit of the sandbox's own users.
  test('a fork bomb ends itself, where the system offers a way', async ({ skip }) => {
    const made = await group
    await made?.remove()
    if (made === null && (!hasSandbox || process.getuid?.() === 0)) skip('this system lets nobody make a group')
    const tool = createBashTool({ timeoutMs: 20_000, limits: { ...COMMAND_LIMITS, processes: 60 } })
    const context = contextFor(await temporaryWorkspace(), { sandbox: true })
    const { output } = await runTool(tool, { command: forks }, context)
    expect(Number(/^(\d+) refused/.exec(output)?.[1])).toBeGreaterThan(200)
    // Its shell may be refused a process as well, which it takes 15 seconds to believe.
    const bomb = await runTool(tool, { command: 'bomb() { bomb | bomb & }; bomb' }, context)
    expect(bomb.summary).toMatch(/^exit \d+$/)
    expect(await runTool(tool, { command: 'echo alive' }, context)).toMatchObject({ output: 'alive' })
  })

  test('a command that takes all memory is ended, where the system offers a way', async ({ skip }) => {
    const made = await makeCommandGroup()
    await made?.remove()
    if (made === null) skip('this system lets nobody make a group')
    const tool = createBashTool({ limits: { ...COMMAND_LIMITS, memory: 64 * 1024 * 1024 } })
    const command = `perl -e 'my $x = "a" x 300_000_000; print length $x'`
    expect(await runTool(tool, { command }, contextFor(await temporaryWorkspace(), { sandbox: true }))).toMatchObject({
      exitCode: 137,
    })
  })

  test('when memory is short, commands go first', async () => {
    const { output } = await runTool(
      bash,
      { command: 'cat /proc/self/oom_score_adj' },
      contextFor(await temporaryWorkspace(), { sandbox: true }),
    )
    expect(Number(output)).toBeGreaterThan(0)
  })
})
