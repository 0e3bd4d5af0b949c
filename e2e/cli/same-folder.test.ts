import { execFile } from 'node:child_process'
import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { gate, type ScriptStep, text, toolCall } from '../../test-support/scripted-backend.ts'
import { runsOf } from './support/runs.ts'
import { startInTerminal } from './support/terminal.ts'
import { createWorld, type World } from './support/world.ts'

const shell = (command: string, cwd: string) => promisify(execFile)('bash', ['-c', command], { cwd })

/** The folder of the world is a repository with one commit, and a run works in it. */
async function busyFolder(...script: ScriptStep[]) {
  const world = await createWorld(text('Never.', { gate: gate().opened }), ...script)
  await shell('git init -qb main && echo one > a.txt && git add -A', world.work)
  await shell('git -c user.name=a -c user.email=a@b.c commit -qm first && echo two > b.txt', world.work)
  const runs = runsOf(world)
  const first = await runs.start(['Hold it.'])
  await world.backend.chatRequest(0)
  return { world, runs, first }
}

const worktreesOf = ({ work }: World) => readdir(`${work}.worktrees`)

test('a second run in a folder is told of the first, and a script goes on as it would have', async () => {
  const { runs, first } = await busyFolder(text('Done.'))
  const second = await runs.start(['Do it too.'])
  expect([first.side, second.side]).toEqual([
    '',
    expect.stringContaining(`Something works in this folder already: "Hold it." (${first.runId}, in the background).`),
  ])
  expect(second.side).toContain('--worktree gives it a copy of its own')
  expect((await runs.is(second.runId, ({ status }) => status === 'completed')).worktree).toBe(undefined)
})

test('in a worktree it changes nothing in the folder', async () => {
  const { world, runs } = await busyFolder(
    toolCall('write_file', { path: 'c.txt', content: 'three\n' }),
    toolCall('bash', { command: 'git add -A && git -c user.name=a -c user.email=a@b.c commit -qm second' }),
    text('Done.'),
  )
  const args = ['--worktree', '--allow-write', '--allow-shell', 'Add the third file']
  const { runId, side, worktree } = await runs.start(args)
  const run = await runs.is(runId, ({ endedAt }) => endedAt !== null)
  const path = join(`${world.work}.worktrees`, 'add-the-third-file')
  expect([run.status, run.cwd, run.worktree, worktree]).toEqual([
    'completed',
    path,
    {
      ...{ path, branch: 'add-the-third-file', repository: world.work },
      left: { uncommitted: 0, commits: 1 },
    },
    { path, branch: 'add-the-third-file' },
  ])
  expect(side).toBe('The worktree begins at the last commit: One changed file is in none, and not there.\n')
  const log = await shell('git log --format=%s add-the-third-file', world.work)
  expect([await readFile(join(path, 'c.txt'), 'utf8'), log.stdout]).toEqual(['three\n', 'second\nfirst\n'])
  await expect(access(join(world.work, 'c.txt'))).rejects.toThrow()
  const { out } = await world.run(['agent-logs', runId])
  expect(out).toContain('One commit is on the branch add-the-third-file alone.')
  for (const what of ['Show it:', 'Keep it:', 'Throw it away:']) expect(out).toContain(what)
})

test('who sits at the terminal decides', async () => {
  const { world } = await busyFolder(text('Done.'))
  const refused = startInTerminal(world, ['agent-bg', 'Not now'])
  await refused.asked('w in a worktree of its own, s in the same folder, n not now')
  refused.type('n\r')
  expect(await refused.exit).toBe(4)
  const chosen = startInTerminal(world, ['agent-bg', 'In its own place'])
  await chosen.asked('n not now')
  chosen.type('w\r')
  await chosen.screen.seen('Its changes stay in the worktree')
  expect([await chosen.exit, await worktreesOf(world)]).toEqual([0, ['in-its-own-place']])
})

test('a chat that works in the folder counts as well', async () => {
  const world = await createWorld(text('Never.', { gate: gate().opened }), text('Done.'))
  const runs = runsOf(world)
  world.start(['agent', 'A long talk'])
  await world.backend.chatRequest(0)
  const { side, runId } = await runs.start(['Do it too.'])
  expect(side).toMatch(/already: "A long talk" \(\w{10}, in a terminal\)/)
  expect(side).toContain('--same-folder says that this is meant')
  await runs.is(runId, ({ status }) => status === 'completed')
})

test('where no worktree can be had nothing starts', async () => {
  const world = await createWorld()
  const { code, side } = await world.run(['agent-bg', '--worktree', 'Do it.'])
  expect([code, side]).toEqual([2, expect.stringContaining('cannot have a worktree')])
  const both = await world.run(['agent-bg', '--worktree', '--same-folder', 'Do it.'])
  expect([both.code, both.side]).toEqual([2, expect.stringContaining('not both')])
})
