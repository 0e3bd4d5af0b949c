import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { openWorkspace, type Workspace } from '../../electron/engine/tools/contract/workspace.ts'
import { createBashTool } from '../../electron/engine/tools/shell/bash.ts'

/** What became of one hostile input. */
export interface Outcome {
  name: string
  held: boolean
}

/** A person's machine in small: a home folder, workspaces in it, and a place where sprung traps leave a mark. */
export interface World {
  base: string
  home: string
  traps: string
  /** A program that marks its number; only outside of a sandbox it can. */
  trap(name: string): string
  sprung(): Promise<string[]>
  /** What a person does in a shell of their own. Resolves with what it printed, whether it worked or not. */
  person(command: string, folder: string): Promise<string>
  workspace(name: string): Promise<Workspace>
  /** What a model has run, in the sandbox. */
  model(workspace: Workspace, command: string): Promise<string>
  remove(): Promise<void>
}

const bash = createBashTool({ timeoutMs: 60_000 })

/** `within` is a folder that is visible in a sandbox, such as none of the temp folder. Sets HOME of this process. */
export async function makeWorld(within: string): Promise<World> {
  const base = await realpath(await mkdtemp(join(within, 'claw-hostile-')))
  const [home, traps] = [join(base, 'home'), join(base, 'traps')]
  await Promise.all([home, traps, join(base, 'temp')].map((folder) => mkdir(folder)))
  process.env.HOME = home
  process.env.TMPDIR = join(base, 'temp')
  await put(
    join(home, '.gitconfig'),
    '[user]\n\tname = Ann\n\temail = ann@example.com\n[protocol "file"]\n\tallow = always\n',
  )
  return {
    base,
    home,
    traps,
    trap: (name) => `touch ${join(traps, name)}`,
    sprung: () => readdir(traps),
    person: async (command, folder) => {
      const run = promisify(execFile)('sh', ['-c', command], { cwd: folder, env: { ...process.env, HOME: home } })
      return await run.then(
        ({ stdout }) => stdout,
        (error: { stdout?: string }) => error.stdout ?? '',
      )
    },
    workspace: async (name) => {
      const folder = join(home, 'work', name)
      await mkdir(folder, { recursive: true })
      return await openWorkspace(folder)
    },
    model: async (workspace, command) => {
      const { signal } = new AbortController()
      const context = { workspace, sandbox: true, signal, onOutput: () => undefined, known: () => null }
      const prepared = await bash.prepare({ command }, context)
      const outcome = prepared.kind === 'prepared' ? await prepared.run() : { ...prepared, kind: 'done' as const }
      return outcome.kind === 'done' ? outcome.result.output : outcome.kind
    },
    remove: () => rm(base, { recursive: true, force: true }),
  }
}

export async function put(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode })
}

export async function textAt(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch(() => null)
}

/** Each in a shell of its own, so that none keeps the next from being tried. */
export function each(commands: readonly string[]): string {
  return commands.map((command) => `(\n${command}\n) >/dev/null 2>&1`).join('\n')
}
