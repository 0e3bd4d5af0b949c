import { readdir, readFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import {
  call,
  contextFor,
  ownTemporaryFolder,
  previewOf,
  runTool,
  temporaryWorkspace,
} from '../../../../test-support/tool-calls.ts'
import { prepareCall } from '../contract/prepare-call.ts'
import { createBashTool } from './bash.ts'

ownTemporaryFolder()

const bash = createBashTool()

test('output of both kinds comes in the order in which it was written, live and in the result', async () => {
  const workspace = await temporaryWorkspace()
  const command = 'for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done'
  let live = ''
  const result = await runTool(bash, { command }, contextFor(workspace, { onOutput: (text) => (live += text) }))
  const lines = [1, 2, 3, 4, 5].flatMap((number) => [`out ${number}`, `err ${number}`]).join('\n')
  expect([result, live]).toEqual([{ ok: true, output: lines, summary: 'exit 0', exitCode: 0 }, `${lines}\n`])
})

test.each([
  ['exit 3', '(no output)\n[exit code 3]', 3],
  ['echo hi; false', 'hi\n[exit code 1]', 1],
  ['kill -9 $$', '(no output)\n[exit code 137]', 137],
  ['true', '(no output)', 0],
  ['[[ a == a ]] && echo "$BASH" | grep -o bash', 'bash', 0],
  ['cat', '(no output)', 0],
  ['test -t 0 || test -t 1 || echo no terminal', 'no terminal', 0],
  ['echo "$PAGER $GIT_TERMINAL_PROMPT $TERM"', 'cat 0 dumb', 0],
])('%j gives %j', async (command, output, exitCode) => {
  const workspace = await temporaryWorkspace()
  expect(await call(bash, { command }, workspace)).toEqual({
    ok: exitCode === 0,
    output,
    summary: `exit ${exitCode}`,
    exitCode,
  })
})

test('a command works in the root of the workspace', async () => {
  const workspace = await temporaryWorkspace({ 'a.txt': 'x' })
  expect(await call(bash, { command: 'pwd; ls' }, workspace)).toMatchObject({ output: `${workspace.root}\na.txt` })
})

test('a workspace that is gone is said so', async () => {
  const result = await call(bash, { command: 'ls' }, { root: '/not/there', addedFolders: [] })
  expect(result).toMatchObject({
    ok: false,
    summary: 'no shell',
    output: expect.stringContaining('could not be started'),
  })
})

test('what is wrong with the syntax comes back to the model', async () => {
  const result = await call(bash, { command: 'if then' }, await temporaryWorkspace())
  expect(result).toMatchObject({ ok: false, exitCode: 2, output: expect.stringContaining('syntax error') })
})

test('keys of the app never reach a command', async () => {
  process.env.OPENAI_API_KEY = 'sk-should-not-be-seen'
  onTestFinished(() => {
    delete process.env.OPENAI_API_KEY
  })
  const { output } = await call(bash, { command: 'env' }, await temporaryWorkspace())
  expect(output).toContain('PATH=')
  expect(output).not.toContain('sk-should-not-be-seen')
})

/** The pids of everything that was started with this text on its command line. */
async function processesWith(text: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return line.split('\0').includes(text) ? [Number(pid)] : []
    }),
  )
  return found.flat()
}

/** A number of seconds that no other sleep has: it finds our own processes, also from outside of a sandbox. */
function uniqueSeconds(): string {
  return `9${String(Math.random()).slice(2, 10)}`
}

const FAMILY = (seconds: string) =>
  `sleep ${seconds} & setsid sleep ${seconds} & (setsid sh -c 'sleep ${seconds} & wait' &) ; echo started; sleep ${seconds}`

test.runIf(process.platform === 'linux').each([
  ['without a sandbox', false],
  ['in the sandbox, where there is one', true],
])('after an abort nothing of a command is left, %s', async (_name, sandbox) => {
  const workspace = await temporaryWorkspace()
  const abort = new AbortController()
  const seconds = uniqueSeconds()
  let ended: Promise<unknown> = Promise.resolve()
  const seen = new Promise<number[]>((resolve, reject) => {
    const onOutput = () => {
      processesWith(seconds)
        .then(resolve, reject)
        .finally(() => abort.abort(new Error('stopped by the user')))
    }
    ended = runTool(
      bash,
      { command: FAMILY(seconds) },
      contextFor(workspace, { sandbox, signal: abort.signal, onOutput }),
    )
  })
  const before = await seen
  // What it had printed is kept: it may have done the half of something.
  expect(await ended).toMatchObject({
    ok: false,
    output: 'started\n[it was stopped here: what it had done until then is done]',
    summary: 'stopped',
  })
  expect(before.length).toBeGreaterThan(0)
  expect(await processesWith(seconds)).toEqual([])
})

test('a command that does not end is ended, and its output so far is kept', async () => {
  const seconds = uniqueSeconds()
  const tool = createBashTool({ timeoutMs: 300 })
  const result = await call(tool, { command: `echo begun; sleep ${seconds}` }, await temporaryWorkspace())
  expect([result, await processesWith(seconds)]).toEqual([
    {
      ok: false,
      output: 'begun\n[ended because it ran longer than 0.3 s]',
      summary: 'ended after 0.3 s',
      exitCode: 143,
    },
    [],
  ])
})

test('a process left in the background does not hang the call and ends with it', async () => {
  const seconds = uniqueSeconds()
  const result = await call(bash, { command: `sleep ${seconds} & echo done` }, await temporaryWorkspace())
  expect([result, await processesWith(seconds)]).toEqual([
    {
      ok: true,
      output: 'done\n[the processes that it left in the background were ended with it: none of them is running now]',
      summary: 'exit 0',
      exitCode: 0,
    },
    [],
  ])
})

test('after an abort no more output is told', async () => {
  const abort = new AbortController()
  let after = 0
  const result = runTool(
    bash,
    { command: 'trap "" TERM; while :; do echo x; done' },
    contextFor(await temporaryWorkspace(), {
      signal: abort.signal,
      onOutput: () => {
        if (abort.signal.aborted) after += 1
        abort.abort()
      },
    }),
  )
  expect([(await result).summary, after]).toEqual(['stopped', 0])
})

test('endless output is kept within bounds', async () => {
  const tool = createBashTool({ timeoutMs: 500 })
  const { output } = await call(tool, { command: 'yes' }, await temporaryWorkspace())
  expect(output.length).toBeLessThan(31_000)
  expect(output).toMatch(/… \d+ lines left out …/)
})

test('an aborted signal starts nothing', async () => {
  const workspace = await temporaryWorkspace()
  const context = contextFor(workspace, { signal: AbortSignal.abort(new Error('too late')) })
  await expect(runTool(bash, { command: 'touch started' }, context)).rejects.toThrow('too late')
  expect(await readdir(workspace.root)).toEqual([])
})

test('the approval shows what a command really runs, what it can reach and what else would be allowed', async () => {
  const workspace = await temporaryWorkspace({
    'package.json': JSON.stringify({ scripts: { pretest: 'tsc', test: 'vitest run', build: 'vite build' } }),
  })
  const preview = (command: string) => previewOf(bash, { command }, contextFor(workspace, { sandbox: false }))
  const reach = { name: 'Can reach', text: 'Everything your account can: the sandbox is off' }
  const folder = workspace.root.slice(workspace.root.lastIndexOf('/') + 1)
  expect(
    await Promise.all(['npm test', 'npm run build', 'npm run none', 'ls && rm x', 'rm -rf /'].map(preview)),
  ).toEqual([
    {
      purpose: `to run a command in ${folder}`,
      subject: { kind: 'command', command: 'npm test' },
      facts: [
        { name: 'Runs as', text: 'tsc && vitest run, from package.json' },
        reach,
        {
          name: 'This session',
          text: 'would also allow npm test with other names and options, unless they make it write elsewhere or run something else, until the app or the background run ends',
        },
      ],
      sessionRule: 'shell:npm test',
    },
    expect.objectContaining({
      facts: expect.arrayContaining([{ name: 'Runs as', text: 'vite build, from package.json' }]),
    }),
    expect.objectContaining({ facts: [reach, expect.anything()] }),
    expect.objectContaining({
      facts: [
        reach,
        {
          name: 'This session',
          text: 'would also allow exactly this command, nothing wider, until the app or the background run ends',
        },
      ],
      sessionRule: 'shell-exactly:ls && rm x',
    }),
    {
      purpose: `to run a command in ${folder}`,
      subject: { kind: 'command', command: 'rm -rf /' },
      facts: [
        { name: 'Danger', text: 'It would delete the whole system or home folder.' },
        reach,
        { name: 'This session', text: 'would allow nothing more: this is asked about each time' },
      ],
      sessionRule: 'shell-exactly:rm -rf /',
      beyond: 'permissions',
    },
  ])
})

test('what would ruin the machine is not run unless a person says so, and never in the sandbox', async () => {
  // There is no such folder: should the guard fail, nothing is lost.
  const command = 'rm -rf /home/nobody-has-this-name'
  const workspace = await temporaryWorkspace()
  const refused = {
    ok: false,
    output: 'Error: This command is never run. It would delete the whole system or home folder.',
    summary: 'refused as destructive',
  }
  expect([
    await call(bash, { command }, workspace),
    await call(bash, { command }, workspace, { sandbox: true }),
  ]).toEqual([refused, refused])
  const prepared = await prepareCall(bash, { command }, contextFor(workspace))
  expect(prepared.kind === 'prepared' && (await prepared.run(true))).toMatchObject({
    kind: 'done',
    result: { ok: true },
  })
})
