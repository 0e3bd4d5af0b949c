import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  contextFor,
  ownTemporaryFolder,
  runTool,
  temporaryFolder,
  temporaryWorkspace,
} from '../../../../test-support/tool-calls.ts'
import { openWorkspace, type Workspace } from '../contract/workspace.ts'
import { createBashTool } from '../shell/bash.ts'
import { describeReach, describeSandbox } from './sandbox.ts'

ownTemporaryFolder()

const bash = createBashTool()
const sandboxed = async (workspace: Workspace, command: string) =>
  await runTool(bash, { command }, contextFor(workspace, { sandbox: true }))

describe.runIf(await describeSandbox())('in the sandbox', () => {
  test('a command writes in the workspace, in added folders and in temp, and keeps what it wrote there', async () => {
    const added = await temporaryFolder()
    const workspace = await openWorkspace(await temporaryFolder(), [added])
    const command = `echo a > a.txt && echo b > ${added}/b.txt && echo c > /tmp/c.txt && echo d > "$TMPDIR/d.txt"`
    expect(await sandboxed(workspace, command)).toMatchObject({ ok: true })
    expect(await sandboxed(workspace, 'cat /tmp/c.txt /tmp/d.txt')).toMatchObject({ output: 'c\nd' })
    expect([await readdir(workspace.root), await readdir(added)]).toEqual([['a.txt'], ['b.txt']])
    await expect(access(join(tmpdir(), 'c.txt'))).rejects.toThrow()
  })

  test('a command writes nowhere else, and is told why', async () => {
    const neighbour = await temporaryFolder({ 'a.txt': 'x' })
    const workspace = await temporaryWorkspace()
    for (const target of ['/etc/claw-test', '/usr/claw-test', join(homedir(), '.claw-test')]) {
      expect(await sandboxed(workspace, `echo x > ${target}`)).toMatchObject({
        ok: false,
        output: expect.stringContaining('[commands run in a sandbox that writes in the workspace and /tmp only'),
      })
      await expect(access(target)).rejects.toThrow()
    }
    await sandboxed(workspace, `rm -rf ${neighbour}; echo y > ${neighbour}/a.txt`)
    expect(await readdir(neighbour)).toEqual(['a.txt'])
  })

  test('a read-only mount cannot be made writable again', async () => {
    const workspace = await temporaryWorkspace()
    const command = 'mount -o remount,rw / ; mount -o remount,rw,bind /etc; echo x > /etc/claw-test'
    expect(await sandboxed(workspace, command)).toMatchObject({ ok: false })
    await expect(access('/etc/claw-test')).rejects.toThrow()
  })

  test('a command reaches no network, not even a server on this machine, and is told why', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => {
      server.close()
    })
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const workspace = await temporaryWorkspace()
    expect(await sandboxed(workspace, `exec 3<>/dev/tcp/127.0.0.1/${port}`)).toMatchObject({ ok: false })
    const script = `require('dns').lookup('example.com', (error) => { console.log(error.code); process.exit(1) })`
    expect(await sandboxed(workspace, `node -e "${script}"`)).toMatchObject({
      output: expect.stringContaining('[commands run in a sandbox without network: do not try again.'),
    })
  })

  test('a server and its client in one command reach each other', async () => {
    const script = `
      const server = require('http').createServer((request, response) => response.end('hello'))
      server.listen(0, async () => {
        console.log(await (await fetch('http://localhost:' + server.address().port)).text())
        server.close()
      })`
    const workspace = await temporaryWorkspace({ 'a.cjs': script })
    expect(await sandboxed(workspace, 'node a.cjs')).toMatchObject({ ok: true, output: 'hello' })
  })

  test('a command sees no process of ours and cannot end one', async () => {
    const workspace = await temporaryWorkspace()
    const { output } = await sandboxed(workspace, `kill -0 ${process.pid}; ls /proc | grep -c '^[0-9]'`)
    expect(output).toContain('No such process')
    expect(Number(output.trim().split('\n').at(-1))).toBeLessThan(8)
  })

  test('private folders are not to be seen, also inside of the workspace', async () => {
    const root = await temporaryFolder({ 'data/key': 'the-secret', 'a.txt': 'x' })
    const workspace = await openWorkspace(root, [], [join(root, 'data')])
    expect(await sandboxed(workspace, 'ls; ls data; cat data/key')).toMatchObject({
      output: expect.not.stringContaining('the-secret'),
    })
  })

  test("git's hooks and settings cannot be planted", async () => {
    const workspace = await temporaryWorkspace()
    await mkdir(join(workspace.root, '.git/hooks'), { recursive: true })
    await writeFile(join(workspace.root, '.git/config'), '[core]\n')
    const command =
      'echo x > .git/hooks/pre-commit; echo x > .git/config; mv .git/hooks .git/other; mv .git old; echo ok > .git/HEAD'
    await sandboxed(workspace, command)
    expect((await readdir(join(workspace.root, '.git'))).sort()).toEqual(['HEAD', 'config', 'hooks'])
    expect(await readdir(join(workspace.root, '.git/hooks'))).toEqual([])
    expect(await readdir(workspace.root)).toEqual(['.git'])
  })

  test('git works', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'one' })
    const commit = 'git add -A && git -c user.name=a -c user.email=a@b.c commit -qm'
    expect(await sandboxed(workspace, `git init -q && ${commit} first`)).toMatchObject({ ok: true })
    const second = `git checkout -qb topic && echo two > a.txt && ${commit} second && git log --format=%s && git status --short`
    expect(await sandboxed(workspace, second)).toMatchObject({ ok: true, output: 'second\nfirst' })
  })

  describe('in a worktree', () => {
    const git = 'git -c user.name=a -c user.email=a@b.c'
    async function worktree() {
      const folder = await temporaryFolder({ 'repo/a.txt': 'one' })
      const shell = (command: string, cwd = folder) => promisify(execFile)('bash', ['-c', command], { cwd })
      await shell(
        `cd repo && git init -qb main && git add -A && ${git} commit -qm first && git worktree add -q ../topic`,
      )
      return { folder, shell, workspace: await openWorkspace(join(folder, 'topic')) }
    }

    test('git works, and its commits are in the repository', async () => {
      const { folder, shell, workspace } = await worktree()
      const commit = `echo two > a.txt && git add -A && ${git} commit -qm second && git status --short && git log --format=%s`
      expect(await sandboxed(workspace, commit)).toMatchObject({ ok: true, output: 'second\nfirst' })
      const { stdout } = await shell('git log --format=%s topic; git status --short; cat a.txt', join(folder, 'repo'))
      expect(stdout).toBe('second\nfirst\none')
    })

    test('a person reads that commits leave the folder', async () => {
      const { workspace } = await worktree()
      expect(await describeReach(workspace, true)).toBe(
        'Sandbox: writes in topic and temp only, commits into its repository, home folder hidden, no network',
      )
    })

    test('nothing that git runs later can be planted in the repository', async () => {
      const { folder, shell, workspace } = await worktree()
      const { stdout: before } = await shell(
        'cat topic/.git; cd repo/.git; cat config HEAD worktrees/topic/*dir; ls hooks',
      )
      const common = join(folder, 'repo/.git')
      const own = join(common, 'worktrees/topic')
      const attempts = [
        ...[`${common}/hooks/pre-commit`, `${common}/config`, `${common}/HEAD`, `${own}/commondir`, `${own}/gitdir`],
        ...['.git', `${folder}/repo/a.txt`],
      ].map((path) => `echo x > ${path}`)
      const moves = [`mv ${own} ${own}-old`, `mv .git old`, `mv ${common}/objects ${common}/old`]
      await sandboxed(workspace, [...attempts, ...moves].join('; '))
      const { stdout: after } = await shell(
        'cat topic/.git; cd repo/.git; cat config HEAD worktrees/topic/*dir; ls hooks',
      )
      expect([after, (await shell('cat repo/a.txt')).stdout]).toEqual([before, 'one'])
    })

    test('a folder that only claims to belong to a repository writes nothing there', async () => {
      const { folder, workspace } = await worktree()
      const own = join(folder, 'repo/.git/worktrees/topic')
      const liar = await openWorkspace(await temporaryFolder({ '.git': `gitdir: ${own}\n` }))
      await sandboxed(liar, `echo x > ${own}/HEAD; echo x > ${folder}/repo/.git/objects/x`)
      expect(await sandboxed(workspace, 'git status --short && git rev-parse --abbrev-ref HEAD')).toMatchObject({
        ok: true,
        output: 'topic',
      })
    })
  })

  test('exit codes and output come through', async () => {
    const workspace = await temporaryWorkspace()
    expect(await sandboxed(workspace, 'echo out; echo err >&2; exit 7')).toEqual({
      ok: false,
      output: 'out\nerr\n[exit code 7]',
      summary: 'exit 7',
      exitCode: 7,
    })
    expect(await sandboxed(workspace, 'kill -TERM $$')).toMatchObject({ exitCode: 143 })
  })
})

test('a person reads what a command can reach', async () => {
  const workspace = { root: '/home/ann/parcel-api', addedFolders: ['/home/ann/shared'] }
  const expected = (await describeSandbox())
    ? 'Sandbox: writes in parcel-api, shared and temp only, home folder hidden, no network'
    : 'Everything your account can: no sandbox on this machine'
  expect([await describeReach(workspace, true), await describeReach(workspace, false)]).toEqual([
    expected,
    'Everything your account can: the sandbox is off',
  ])
})
