import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { contextFor, ownTemporaryFolder, runTool } from '../../../../test-support/tool-calls.ts'
import { openWorkspace } from '../contract/workspace.ts'
import { createBashTool } from '../shell/bash.ts'
import { describeSandbox } from './sandbox.ts'

ownTemporaryFolder()

const bash = createBashTool()

/** Below a home folder that is hidden, as most repositories are, with a person who commits. */
async function home(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(homedir(), '.claw-git-')))
  vi.stubEnv('HOME', folder)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  })
  await writeFile(
    join(folder, '.gitconfig'),
    '[user]\n\tname = Ann\n\temail = ann@example.com\n[protocol "file"]\n\tallow = always\n[commit]\n\tgpgSign = false\n',
  )
  return folder
}

async function shell(command: string, cwd: string): Promise<string> {
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1' }
  return (await promisify(execFile)('bash', ['-ec', command], { cwd, env })).stdout
}

const FIRST = 'echo one >a.txt && git add -A && git commit -qm first'

/** How a repository is made, and the folder in it that is worked in. */
const KINDS = [
  ['a repository', `git init -qb main r && cd r && ${FIRST}`, 'r'],
  ['a folder inside of one', `git init -qb main r && cd r && mkdir sub && echo 1 >sub/b && ${FIRST}`, 'r/sub'],
  ['a linked worktree', `git init -qb main r && cd r && ${FIRST} && git worktree add -q ../w -b topic`, 'w'],
  [
    'a worktree of a bare repository, whose logs are not there yet',
    `git init -qb main r && (cd r && ${FIRST}) && git clone -q --bare r b && git -C b worktree add -q ../w -b topic`,
    'w',
  ],
  ['a separate git folder', `git init -qb main --separate-git-dir=sep r && cd r && ${FIRST}`, 'r'],
  [
    'a submodule',
    `git init -qb main l && (cd l && ${FIRST}) && git init -qb main s && cd s && git submodule -q add ../l lib && git commit -qm s`,
    's/lib',
  ],
  ['a bare repository', `git init -qb main r && (cd r && ${FIRST}) && git clone -q --bare r b`, 'b'],
] as const

describe.runIf(await describeSandbox())('in the sandbox, below a hidden home folder', () => {
  test.each(KINDS)('a commit works in %s', async (name, make, work) => {
    const folder = await home()
    await shell(make, folder)
    const workspace = await openWorkspace(join(folder, work))
    const commit =
      name === 'a bare repository'
        ? 'git update-ref refs/heads/next $(git commit-tree -p HEAD -m second HEAD^{tree}) && git log -1 --format="%s, %an <%ae>" next'
        : `echo two >c.txt && git add -A && git commit -qm second && git status --short && git log -1 --format='%s, %an <%ae>'`
    expect(await runTool(bash, { command: commit }, contextFor(workspace, { sandbox: true }))).toEqual({
      ok: true,
      output: 'second, Ann <ann@example.com>',
      summary: 'exit 0',
      exitCode: 0,
    })
    expect(await shell('git log --all -1 --format=%s; git fsck --no-dangling; ls -A', workspace.root)).not.toContain(
      'commondir',
    )
  })

  test('in a linked worktree a rebase and a clean-up work too, and what is checked out elsewhere stays', async () => {
    const folder = await home()
    await shell(
      `git init -qb main r && cd r && ${FIRST} && git worktree add -q ../w -b topic && echo 2 >b && git add -A && git commit -qm main`,
      folder,
    )
    const workspace = await openWorkspace(join(folder, 'w'))
    const commands = `echo t >t && git add -A && git commit -qm topic && git rebase -q main && git pack-refs --all && git gc -q &&
      git log --format=%s; echo x >'${folder}/r/.git/HEAD'; echo x >'${folder}/r/.git/index'; echo x >'${folder}/r/a.txt'`
    const { output } = await runTool(bash, { command: commands }, contextFor(workspace, { sandbox: true }))
    expect(output).toContain('topic\nmain\nfirst')
    expect(output).not.toContain('error: ')
    expect(await shell('git status --short; cat a.txt; git branch --show-current', join(folder, 'r'))).toBe(
      'one\nmain\n',
    )
  })

  test('a branch, a stash, a merge and a tag work, and leave no trace of ours', async () => {
    const folder = await home()
    await shell(`git init -qb main r && cd r && ${FIRST}`, folder)
    const workspace = await openWorkspace(join(folder, 'r'))
    const command = `git checkout -qb topic && echo 2 >b && git add b && git commit -qm topic && echo 3 >a.txt && git stash -q &&
      git checkout -q main && git merge -q --no-ff -m merge topic && git tag one && git stash pop -q && git status --short`
    expect(await runTool(bash, { command }, contextFor(workspace, { sandbox: true }))).toMatchObject({
      ok: true,
      output: ' M a.txt',
    })
    expect(await shell('ls .git', workspace.root)).not.toContain('commondir')
  })

  test('a repository inside of the folder keeps hooks and settings that it had, and gets no new ones', async () => {
    const folder = await home()
    const inner = join(folder, 'p/inner')
    await shell(
      `mkdir p && cd p && git init -qb main inner && cd inner && ${FIRST} && git config alias.st status && git config lfs.url x && echo '#!/bin/sh' >.git/hooks/pre-push && chmod +x .git/hooks/pre-push && ln -s ../../a.txt .git/hooks/post-merge && cp -a .git/hooks ../../hooks && cp .git/config ../../config`,
      folder,
    )
    const workspace = await openWorkspace(join(folder, 'p'))
    const context = contextFor(workspace, { sandbox: true })
    const own = () =>
      shell(`diff -r --no-dereference .git/hooks '${folder}/hooks' && diff .git/config '${folder}/config'`, inner)
    expect(await runTool(bash, { command: 'cd inner && git commit -q --allow-empty -m x' }, context)).toMatchObject({
      output: '(no output)',
    })
    expect(await own()).toBe('')

    const plant =
      'cd inner && git config core.fsmonitor ./x && git config remote.a.url y && echo evil >>.git/hooks/pre-push && echo evil >.git/hooks/pre-commit && rm .git/hooks/post-merge && ln -s ../../b .git/hooks/post-merge'
    expect((await runTool(bash, { command: plant }, context)).output).toContain('were laid aside')
    expect(await shell('git config core.fsmonitor || git config alias.st; git config remote.a.url', inner)).toBe(
      'status\ny\n',
    )
    expect(
      await shell('ls .git/hooks | grep -v sample; cat .git/hooks/pre-push; readlink .git/hooks/post-merge', inner),
    ).toMatch(
      /^post-merge\npost-merge\.made-by-a-command-\w+\npre-commit\.made-by-a-command-\w+\npre-push\npre-push\.made-by-a-command-\w+\n#!\/bin\/sh\n\.\.\/\.\.\/a\.txt\n$/,
    )
    expect(await shell('grep -h fsmonitor .git/config.made-by-a-command-*', inner)).toContain('./x')
  })

  test('a folder of hooks that a link in the git folder names is left as it is', async () => {
    const folder = await home()
    await shell(
      `mkdir p && cd p && git init -qb main inner && cd inner && mkdir team-hooks && echo '#!/bin/sh' >team-hooks/pre-push && ${FIRST} && rm -r .git/hooks && ln -s ../team-hooks .git/hooks`,
      folder,
    )
    const workspace = await openWorkspace(join(folder, 'p'))
    const command = 'cd inner && git commit -q --allow-empty -m x'
    await runTool(bash, { command }, contextFor(workspace, { sandbox: true }))
    expect(await shell('git status --short; ls .git/hooks', join(folder, 'p/inner'))).toBe('pre-push\n')
  })

  test('while one command ends, the others stay guarded', async () => {
    const folder = await home()
    await shell(`git init -qb main r && cd r && ${FIRST}`, folder)
    const workspace = await openWorkspace(join(folder, 'r'))
    const context = contextFor(workspace, { sandbox: true })
    const long = runTool(
      bash,
      { command: 'touch begun; until [ -e go ]; do sleep 0.02; done; echo /tmp >.git/commondir; cat .git/commondir' },
      context,
    )
    const short = 'until [ -e begun ]; do sleep 0.02; done'
    await runTool(bash, { command: short }, context)
    await writeFile(join(workspace.root, 'go'), '')
    expect((await long).output).toContain('Read-only file system\n.')
    expect(await shell('ls .git', workspace.root)).not.toContain('commondir')
  })

  test('tool chains that the path names below the home folder work, and what lies beside them is not to be seen', async () => {
    const folder = await home()
    const chain = join(folder, '.tools/v1')
    await mkdir(join(chain, 'bin'), { recursive: true })
    await mkdir(join(folder, '.local/bin'), { recursive: true })
    await mkdir(join(folder, 'work'))
    await writeFile(join(chain, 'data'), 'data of the tool')
    await writeFile(join(chain, 'credentials.json'), 'a key')
    await writeFile(join(folder, '.tools/secret'), 'a key')
    await writeFile(join(chain, 'bin/tool'), `#!/bin/sh\ncat "$(dirname "$(readlink -f "$0")")/../data"\n`, {
      mode: 0o755,
    })
    await shell('ln -s ../../.tools/v1/bin/tool .local/bin/linked', folder)
    vi.stubEnv('PATH', `${join(chain, 'bin')}:${join(folder, '.local/bin')}:${process.env.PATH}`)
    const workspace = await openWorkspace(join(folder, 'work'))
    const command = `tool; echo; linked; echo; cat ${chain}/credentials.json ${folder}/.tools/secret; touch ${chain}/x; ls -A ~`
    const { output } = await runTool(bash, { command }, contextFor(workspace, { sandbox: true }))
    expect(output.split('\n').slice(0, 2)).toEqual(['data of the tool', 'data of the tool'])
    expect(output).not.toContain('a key')
    expect(output).toContain("x': Read-only file system")
    expect(output.split('\n').slice(-6)).toEqual(
      expect.arrayContaining(['.cache', '.gitconfig', '.local', '.tools', 'work']),
    )
  })
})
