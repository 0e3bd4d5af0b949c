import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { contextFor, ownTemporaryFolder, runTool } from '../../../../test-support/tool-calls.ts'
import { openWorkspace } from '../contract/workspace.ts'
import { createBashTool } from '../shell/bash.ts'
import { describeReach, describeSandbox } from './sandbox.ts'

ownTemporaryFolder()

const bash = createBashTool()

/** A folder that a sandbox would show if it were no home folder. */
async function home(): Promise<string> {
  const within = process.getuid?.() === 0 ? '/opt' : homedir()
  const folder = await realpath(await mkdtemp(join(within, 'claw-home-')))
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  })
  for (const [path, text] of Object.entries({
    '.ssh/id': 'a key',
    '.zsh_history': 'a key',
    '.config/app/token': 'a key',
    '.gitconfig': '[user]\n\tname = Ann\n[credential]\n\thelper = !a key\n[alias]\n\tst = !a key\n',
    'notes/a.txt': 'a note',
    'project/b.txt': 'b',
  })) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  vi.stubEnv('HOME', folder)
  return folder
}

async function output(folders: readonly string[], command: string): Promise<string> {
  const [root = '', ...added] = folders
  const workspace = await openWorkspace(root, added)
  return (await runTool(bash, { command }, contextFor(workspace, { sandbox: true }))).output
}

const KEYS = 'cat ~/.ssh/id ~/.zsh_history ~/.config/app/token 2>/dev/null; git config --list; echo looked'

describe.runIf(await describeSandbox())('the home folder in the sandbox', () => {
  test('is empty but for the workspace, and git knows who commits and nothing else', async () => {
    const folder = await home()
    const seen = await output([join(folder, 'project')], `${KEYS}; ls ~; cat ~/notes/a.txt; git config user.name`)
    expect(seen).toContain('looked\nproject\n')
    expect(seen).toMatch(/\nAnn\n?/)
    expect([seen.includes('a key'), seen.includes('a note')]).toEqual([false, false])
  })

  test('as the workspace itself is open but for what begins with a dot, and a person reads that', async () => {
    const folder = await home()
    const seen = await output([folder], `${KEYS}; cat ~/notes/a.txt; echo >>~/.zsh_history; echo x >~/new; ls ~`)
    expect(seen).toContain('a note')
    expect(seen).toContain('new\nnotes\nproject')
    expect([seen.includes('a key'), await readFile(join(folder, '.zsh_history'), 'utf8')]).toEqual([false, 'a key'])
    expect(await describeReach(await openWorkspace(folder), true)).toContain(
      'hidden files of the home folder covered, no network',
    )
  })

  test('as a part of the workspace is covered too, also where the workspace is the whole disk', async () => {
    const folder = await home()
    for (const root of [join(folder, '..'), '/']) {
      const seen = await output([root], `${KEYS}; cat ~/notes/a.txt`)
      expect([seen.includes('looked'), seen.includes('a note'), seen.includes('a key')]).toEqual([true, true, false])
    }
  })

  test('that is reached through a link is hidden at both ends', async () => {
    const folder = await home()
    const link = `${folder}-link`
    await symlink(folder, link)
    onTestFinished(() => rm(link))
    vi.stubEnv('HOME', link)
    const seen = await output(
      [join(folder, 'project')],
      `${KEYS}; cat ${folder}/.ssh/id; ls ${link}/; ls ${folder}; cat ~/project/b.txt`,
    )
    expect(seen).toContain('project\nb')
    expect(seen).not.toContain('a key')
  })

  test('shows an added folder with a dot, because a person asked for it', async () => {
    const folder = await home()
    const added = join(folder, '.config/app')
    expect(await output([join(folder, 'project'), added], 'cat ~/.config/app/token; ls -A ~/.config')).toBe('a keyapp')
  })

  test('keeps what a program caches as long as the command runs, and nothing else', async () => {
    const folder = await home()
    const seen = await output(
      [join(folder, 'project')],
      'mkdir -p ~/.cache/x && echo cached >~/.cache/x/y && cat ~/.cache/x/y; echo z >~/.profile; echo z >~/z; ls -A ~',
    )
    expect(seen.startsWith('cached\n')).toBe(true)
    expect(seen.match(/Read-only file system/g)).toHaveLength(2)
  })
})
