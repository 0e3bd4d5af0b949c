import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { endProcessTree, leftProcesses } from './process-tree.ts'

const MARKER = 'CLAW_TEST_TREE'

/** Starts a script that prints pids, one a line, and waits for the last of them. */
async function start(script: string, count: number) {
  const id = `${process.pid}-${Math.random()}`
  const child = spawn('sh', ['-c', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [MARKER]: id },
  })
  const pids = [child.pid ?? 0, ...(await numbers(child, count))]
  onTestFinished(() => {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // Gone, as it should be.
      }
    }
  })
  return { tree: { pid: child.pid ?? 0, marker: `${MARKER}=${id}` }, pids, child }
}

async function numbers(child: ChildProcess, count: number): Promise<number[]> {
  let text = ''
  while (text.split('\n').length <= count) text += String((await once(child.stdout ?? child, 'data'))[0])
  return text.trim().split('\n').map(Number)
}

async function isRunning(pid: number): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z'
  } catch {
    return false
  }
}

const running = async (pids: readonly number[]) => await Promise.all(pids.map(isRunning))

test.runIf(process.platform === 'linux')('children, grandchildren and those that left the group all end', async () => {
  const script = `
    sleep 1000 & echo $!
    sh -c 'sleep 1000 & echo $!; wait' &
    setsid sh -c 'echo $$; exec sleep 1000' &
    setsid sh -c '(setsid sh -c "echo \\$\\$; exec sleep 1000" &)'
    wait`
  const { tree, pids } = await start(script, 4)
  expect([await running(pids), await leftProcesses(tree)]).toEqual([[true, true, true, true, true], true])
  expect(await endProcessTree(tree)).toEqual([])
  expect(await running(pids)).toEqual([false, false, false, false, false])
  expect(await leftProcesses(tree)).toBe(false)
})

test('what ignores SIGTERM is killed after its time is over', async () => {
  const { tree, pids, child } = await start(`trap '' TERM; sleep 1000 & echo $!; while :; do wait; done`, 1)
  const exit = once(child, 'exit')
  expect(await endProcessTree(tree, { graceMs: 50 })).toEqual([])
  expect((await exit)[1]).toBe('SIGKILL')
  expect(await running(pids)).toEqual([false, false])
})

test('what cleans up at SIGTERM is given the time for it', async () => {
  const { tree, child } = await start(`trap 'exit 7' TERM; echo 1; while :; do sleep 0.05; done`, 1)
  const exit = once(child, 'exit')
  expect(await endProcessTree(tree)).toEqual([])
  expect((await exit)[0]).toBe(7)
})

test('a tree that is gone already is no problem', async () => {
  const { tree, child } = await start('echo 1', 1)
  if (child.exitCode === null) await once(child, 'exit')
  expect(await endProcessTree(tree)).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'what a process left behind is noticed, also when it left the group',
  async () => {
    const { tree, child } = await start("setsid sh -c 'echo $$; exec >/dev/null; exec sleep 1000' &", 1)
    if (child.exitCode === null) await once(child, 'exit')
    expect(await leftProcesses(tree)).toBe(true)
    expect(await endProcessTree(tree)).toEqual([])
    expect(await leftProcesses(tree)).toBe(false)
  },
)

test.runIf(process.platform === 'linux')(
  'a process that is just becoming another program is not overlooked',
  async () => {
    // Executes itself again and again, outside the group: most looks fall into the moment in which it has no environment.
    const again = 'N=$((N+1)); export N; [ $N -lt 20000 ] && exec sh -c "$AGAIN"; exec sleep 1000'
    for (let round = 0; round < 10; round++) {
      const { tree, pids, child } = await start(
        `export AGAIN='${again}'; setsid sh -c 'echo $$; exec >/dev/null; ${again}' &`,
        1,
      )
      if (child.exitCode === null) await once(child, 'exit')
      expect([await leftProcesses(tree), await endProcessTree(tree)]).toEqual([true, []])
      // One that has given up its memory already may take a moment more to end, on a busy machine.
      await expect.poll(() => running(pids)).toEqual([false, false])
    }
  },
)
