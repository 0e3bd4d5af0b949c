import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ToolProblem } from '../contract/tool-problem.ts'
import { shellLine } from './shell-line.ts'

const plain = { wrapper: [], groups: [], mark: null, mostProcesses: null }

/** Runs the line as a child of a process that hands on what it has open, as Electron does. */
async function output(command: string, shell: string, wrapper: readonly string[] = []): Promise<string> {
  const { program, args } = shellLine({ ...plain, command, shell, wrapper })
  const open = 'exec 3<&- 4<&- 5</dev/null 9</dev/null 12</dev/null 251</dev/null 4>/dev/null; exec "$@"'
  const { stdout } = await promisify(execFile)('bash', ['-c', open, 'bash', program, ...args], {
    maxBuffer: 2_000_000,
  })
  return stdout
}

describe.runIf(process.platform === 'linux')('a line for a shell', () => {
  // In place of a sandbox: what makes a session of its own.
  test.each([[[]], [['setsid', '-w']]])('hands on the first three descriptors and no other, in %j', async (wrapper) => {
    // The last is the folder that is being listed.
    expect(await output('ls /proc/self/fd', 'bash', wrapper)).toBe('0\n1\n2\n3\n')
  })

  test.each(['bash', 'sh'])('runs a command of any length in %s as it would run alone', async (shell) => {
    const word = 'ä'.repeat(200_000)
    const command = `printf %s '${word}' | wc -c; echo "$# $- \${c-unset} \${p-unset}"`
    const short = `printf %s 'ä' | wc -c; echo "$# $- \${c-unset} \${p-unset}"`
    expect((await output(command, shell)).split('\n')[1]).toBe((await output(short, shell)).split('\n')[1])
    expect((await output(command, shell)).split('\n')[0]?.trim()).toBe('400000')
  })

  test('says first of all that a command is longer than any system takes', () => {
    expect(() => shellLine({ ...plain, command: 'x'.repeat(1_100_000), shell: 'sh' })).toThrow(ToolProblem)
  })
})
