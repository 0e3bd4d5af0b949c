import { readFile, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { writeFileAtomic } from '../../lib/atomic-file.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import { folderName, isInside, type Workspace } from '../contract/workspace.ts'
import { holdCommondir } from './commondir.ts'
import { disarmGit, gitBefore } from './git-aftermath.ts'
import { gitReach, outsideRepositories } from './git-guards.ts'
import { gitIdentity } from './git-identity.ts'
import { cover, type Hidden, hiddenPlaces, homeFolders } from './hidden.ts'
import { mountArguments, type Plan } from './plan.ts'
import { baseArguments, sandboxProgram } from './probe.ts'
import { tempFolderOf } from './temp-folder.ts'
import { openToolChains } from './tool-chains.ts'

/** A command line that runs what is appended to it inside of the sandbox, and what goes with it. */
export interface SandboxedCommand {
  wrapper: readonly string[]
  /** For descriptor 3 of the wrapper. */
  filter: Buffer | null
  environment: Readonly<Record<string, string>>
  /** After the command ended. Resolves with what was changed of what it did, in words for the model. */
  release(): Promise<string[]>
}

/** Milliseconds by which the time of a new file may lie behind. */
const CLOCK_STEP_MS = 20

/** The sandbox that commands run in on this machine, or null. */
export async function describeSandbox(): Promise<string | null> {
  return (await sandboxProgram()) === null ? null : 'bubblewrap'
}

/** What the person reads in an approval under *Can reach*. */
export async function describeReach(workspace: Workspace, sandboxWanted: boolean): Promise<string> {
  if (!sandboxWanted) return 'Everything your account can: the sandbox is off'
  if ((await sandboxProgram()) === null) return 'Everything your account can: no sandbox on this machine'
  const folders = workFolders(workspace)
  const names = [workspace.root, ...workspace.addedFolders].map(folderName).join(', ')
  const commits =
    (await outsideRepositories(folders, await homeFolders())).length > 0 ? ', commits into its repository' : ''
  const isHome = (await homeFolders()).some((home) => folders.some((folder) => isInside(folder, home)))
  const home = isHome ? 'hidden files of the home folder covered' : 'home folder hidden'
  return `Sandbox: writes in ${names} and temp only${commits}, ${home}, no network`
}

/** Null where there is no sandbox. `environment` is that of the command: it names tool chains. */
export async function sandboxedCommand(
  workspace: Workspace,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<SandboxedCommand | null> {
  const program = await sandboxProgram()
  if (program === null) return null
  const folders = workFolders(workspace)
  await assertSame(folders)
  const { root, privateFolders = [] } = workspace
  const [temporary, own] = await Promise.all([tempFolderOf(root), tempFolderOf()])
  const writable = [...folders, temporary, '/tmp', '/var/tmp']
  const hidden = await hiddenPlaces(folders)
  const [git, toolChains, identity] = await Promise.all([
    gitReach(folders, await homeFolders()),
    openToolChains(environment, hidden.roots, writable),
    gitIdentity(root, hidden.roots, writable),
  ])
  const before = await gitBefore(folders)
  // The files' clock goes in steps.
  const since = Date.now() - CLOCK_STEP_MS
  const hold = await holdCommondir(join(own, 'guards'), git.holds)

  const places = async () => {
    const plan: Plan = new Map([...hidden.plan, ...toolChains, ...identity.plan])
    await homePlaces(plan, hidden, join(own, `${basename(temporary)}.gitconfig`), identity.text)
    // The machine's own temp folder holds sockets that lead out, such as those of a terminal multiplexer.
    if (!folders.includes('/tmp')) plan.set('/tmp', { kind: 'private', folder: temporary })
    if (hidden.roots.includes('/var')) plan.set('/var/tmp', { kind: 'link', target: '/tmp' })
    for (const folder of folders) if (folder !== '/') plan.set(folder, { kind: 'writable' })
    for (const [path, mount] of git.plan) plan.set(path, mount)
    for (const folder of git.holds) {
      if (hold.held.includes(folder)) plan.set(join(folder, 'commondir'), { kind: 'readable' })
    }
    await cover(plan, [
      ...privateFolders.filter((folder) => !folders.some((work) => isInside(folder, work))),
      ...(folders.some((folder) => isInside(folder, own)) ? [own] : []),
      ...namedSockets(environment).filter((path) => !hidden.roots.some((root) => isInside(root, path))),
    ])
    return plan
  }
  const plan = await places().catch(async (error) => {
    await hold.release()
    throw error
  })
  return {
    wrapper: [
      ...program.words,
      ...baseArguments(folders.includes('/')),
      ...mountArguments(plan),
      // They lead to what is hidden.
      ...['XDG_RUNTIME_DIR', 'GIT_CONFIG_GLOBAL'].flatMap((name) => ['--unsetenv', name]),
      ...['--chdir', root, '--'],
    ],
    filter: program.filter,
    // Caches in the home folder cannot be written, and what has no network need not try for a minute.
    environment: {
      TMPDIR: '/tmp',
      GOCACHE: '/tmp/go-build',
      UV_CACHE_DIR: '/tmp/uv',
      CCACHE_DIR: '/tmp/ccache',
      npm_config_cache: '/tmp/npm',
      npm_config_update_notifier: 'false',
      npm_config_fetch_retries: '0',
    },
    release: async () => {
      await hold.release()
      return await disarmGit(before, since)
    },
  }
}

/** Outermost first, each once. */
function workFolders({ root, addedFolders }: Workspace): string[] {
  return [...new Set([root, ...addedFolders])].sort((one, other) => one.length - other.length)
}

/** A command of another run may have put a link in the place of a folder; a mount would follow it. */
async function assertSame(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    // One that is gone leads nowhere; bwrap says so.
    const real = await realpath(folder).catch(() => null)
    if (real !== null && real !== folder) {
      throw new ToolProblem(`${folder} leads to another folder now. Tell the user; nothing was run.`, 'folder replaced')
    }
  }
}

/** The home folder is there and empty, knows who commits, and keeps what a program caches until the command ends. */
async function homePlaces(plan: Plan, { roots }: Hidden, file: string, settings: string): Promise<void> {
  const isHidden = (path: string) => roots.some((root) => isInside(root, path))
  const [named = '', real = named] = await homeFolders()
  if (named !== real && isHidden(named) && !plan.has(named)) plan.set(named, { kind: 'link', target: real })
  const config = join(real, '.gitconfig')
  if (isHidden(real) || plan.has(config)) {
    // Not made yet, or not to be read: it is written anew.
    if ((await readFile(file, 'utf8').catch(() => null)) !== settings)
      await writeFileAtomic(file, settings, { flush: false })
    plan.set(config, { kind: 'copy', file })
  }
  if (isHidden(real) || plan.has(join(real, '.cache'))) plan.set(join(real, '.cache'), { kind: 'empty', kept: true })
}

/** Sockets of services that variables name, wherever they are. */
function namedSockets(environment: Readonly<Record<string, string | undefined>>): string[] {
  const names = ['SSH_AUTH_SOCK', 'DOCKER_HOST', 'CONTAINER_HOST', 'DBUS_SESSION_BUS_ADDRESS', 'GPG_AGENT_INFO', 'TMUX']
  return [...names.map((name) => environment[name] ?? process.env[name]), join(homedir(), '.docker/run/docker.sock')]
    .map((value) => /^(?:unix:(?:\/\/|path=)?)?(\/[^,:]+)/.exec(value ?? '')?.[1])
    .filter((path) => path !== undefined)
}
