import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstat, mkdir, realpath, stat } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { linkedWorktree } from '../lib/git-worktree.ts'
import { folderName, isInside, type Workspace } from './workspace.ts'

/** A command line that runs what is appended to it inside of the sandbox, and the environment that goes with it. */
export interface SandboxedCommand {
  wrapper: readonly string[]
  environment: Readonly<Record<string, string>>
}

/** The sandbox that commands run in on this machine, or null. Tried once, by running something in it. */
export function describeSandbox(): Promise<string | null> {
  probed ??= probe()
  return probed
}

let probed: Promise<string | null> | undefined

async function probe(): Promise<string | null> {
  if (process.platform !== 'linux') return null
  return (await succeeds('bwrap', [...READ_ONLY, ...BASE, 'true'])) ? 'bubblewrap' : null
}

/** What the person reads in an approval under *Can reach*. */
export async function describeReach(workspace: Workspace, sandboxWanted: boolean): Promise<string> {
  if (!sandboxWanted) return 'Everything your account can: the sandbox is off'
  if ((await describeSandbox()) === null) return 'Everything your account can: no sandbox on this machine'
  const folders = [workspace.root, ...workspace.addedFolders].map(folderName).join(', ')
  const worktrees = await Promise.all([workspace.root, ...workspace.addedFolders].map(linkedWorktree))
  const commits = worktrees.some((worktree) => worktree) ? ', commits into its repository' : ''
  return `Sandbox: writes in ${folders} and temp only${commits}, no network`
}

/** Null where there is no sandbox. */
export async function sandboxedCommand(workspace: Workspace): Promise<SandboxedCommand | null> {
  if ((await describeSandbox()) === null) return null
  const temporary = await temporaryFolder(workspace)
  const folders = [workspace.root, ...workspace.addedFolders]
  return {
    wrapper: [
      'bwrap',
      ...(folders.includes('/') ? ['--bind', '/', '/'] : READ_ONLY),
      ...BASE,
      // The machine's own temp folder holds sockets that lead out, such as those of a terminal multiplexer.
      ...['--bind', temporary, '/tmp'],
      ...folders.filter((folder) => folder !== '/').flatMap((folder) => ['--bind', folder, folder]),
      ...(await gitGuards(folders)),
      ...(await worktreeMounts(folders)),
      ...(await hiddenPaths(workspace)),
      ...['--chdir', workspace.root, '--'],
    ],
    // Caches in the home folder cannot be written, and what has no network need not try for a minute.
    environment: {
      TMPDIR: '/tmp',
      GOCACHE: '/tmp/go-build',
      npm_config_cache: '/tmp/npm',
      npm_config_update_notifier: 'false',
      npm_config_fetch_retries: '0',
    },
  }
}

const READ_ONLY = ['--ro-bind', '/', '/']
/** No devices, no network, no view of other processes, no way to type into our terminal. */
const BASE = [
  ...['--dev', '/dev', '--proc', '/proc'],
  ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--new-session', '--die-with-parent'],
  // As root, without this, the read-only mounts could be mounted again. Files of others stay writable where allowed.
  ...(process.getuid?.() === 0
    ? ['--cap-drop', 'ALL', '--cap-add', 'CAP_DAC_OVERRIDE', '--cap-add', 'CAP_FOWNER']
    : []),
]

/** The same for all commands in a workspace, so that one can leave something for the next. */
async function temporaryFolder(workspace: Workspace): Promise<string> {
  const name = createHash('sha256').update(workspace.root).digest('hex').slice(0, 12)
  const folder = join(tmpdir(), `claw-${process.getuid?.() ?? 'user'}-${name}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const there = await lstat(folder)
  if (!there.isDirectory() || there.uid !== process.getuid?.()) {
    throw new Error(`the temp folder ${folder} belongs to somebody else; remove it`)
  }
  return folder
}

/**
 * What git runs by itself later, outside of the sandbox, cannot be planted. Its folder becomes a mount, so that another
 * cannot be put in its place.
 */
async function gitGuards(folders: readonly string[]): Promise<string[]> {
  const guards = await Promise.all(
    folders.map(async (folder) => {
      const git = join(folder, '.git')
      const inner = await existing([join(git, 'hooks'), join(git, 'config')])
      return inner.length > 0 ? ['--bind', git, git, ...inner.flatMap((path) => ['--ro-bind', path, path])] : []
    }),
  )
  return guards.flat()
}

/**
 * A commit in a worktree goes into the repository that it belongs to: of that, only what a commit writes. Its settings and
 * hooks, other worktrees, and which repository this one belongs to, stay as they are.
 */
async function worktreeMounts(folders: readonly string[]): Promise<string[]> {
  const mounts = await Promise.all(
    folders.map(async (folder) => {
      const worktree = await linkedWorktree(folder)
      if (!worktree) return []
      const { link, own, common } = worktree
      const written = await existing(['objects', 'refs', 'logs'].map((name) => join(common, name)))
      const fixed = await existing(['commondir', 'gitdir', 'config.worktree'].map((name) => join(own, name)))
      return [
        ...['--ro-bind', common, common],
        ...[...written, own].flatMap((path) => ['--bind', path, path]),
        ...[...fixed, link].flatMap((path) => ['--ro-bind', path, path]),
      ]
    }),
  )
  return mounts.flat()
}

const PRIVATE_HOME = [
  '.ssh .gnupg .aws .azure .kube .docker .config/gcloud .config/gh .config/op .local/share/keyrings .mozilla .netrc',
  '.git-credentials .config/git/credentials .pgpass .pypirc .npmrc .cargo/credentials.toml .password-store .bash_history',
].flatMap((line) => line.split(' '))

/** Sockets of services that would do outside what is not allowed inside. */
const SERVICE_SOCKETS = ['/run/user', '/run/docker.sock', '/run/podman', '/run/containerd', '/run/dbus', '/run/systemd']

async function hiddenPaths({ root, addedFolders, privateFolders = [] }: Workspace): Promise<string[]> {
  const candidates = [...PRIVATE_HOME.map((name) => join(homedir(), name)), ...SERVICE_SOCKETS, ...privateFolders]
  const work = [root, ...addedFolders]
  const hidden = (await existing(candidates)).filter((path) => !work.some((folder) => isInside(path, folder)))
  return (
    await Promise.all(
      hidden.map(async (path) =>
        (await stat(path)).isDirectory() ? ['--tmpfs', path] : ['--ro-bind', '/dev/null', path],
      ),
    )
  ).flat()
}

/** Links followed: a mount on a link would go somewhere else. */
async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => realpath(path).catch(() => null)))
  return found.filter((path) => path !== null)
}

async function succeeds(command: string, words: readonly string[]): Promise<boolean> {
  return await new Promise((resolve) => {
    const child = spawn(command, words, { stdio: 'ignore', timeout: 5_000 })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })
}
