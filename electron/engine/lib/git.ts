import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Bytes of an answer. */
const LARGEST_ANSWER = 64 * 1024 * 1024

/**
 * What git would run by itself because a folder's settings say so: anybody who can write in a repository can write
 * these. Settings of a command line count more than those of any file.
 */
const NOTHING_BY_ITSELF = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.pager': 'cat',
  'core.editor': 'true',
  'sequence.editor': 'true',
  'core.askPass': 'true',
  'core.sshCommand': 'false',
  'credential.helper': '',
  'gpg.program': 'false',
  'commit.gpgSign': 'false',
  'tag.gpgSign': 'false',
  'protocol.allow': 'never',
  'submodule.recurse': 'false',
  'maintenance.auto': 'false',
  'gc.auto': '0',
}

const NAMED_PROGRAM = /^(filter\..+\.(clean|smudge|process)|diff\..+\.(textconv|command)|merge\..+\.driver)$/i
const IS_REQUIRED = /^filter\.(.+)\.required$/i

/** The arguments that keep git from running anything by itself, whatever the settings of the repository say. */
export function inertSettings(configured: readonly string[] = []): string[] {
  const named = configured.flatMap((name): [string, string][] => {
    if (NAMED_PROGRAM.test(name)) return [[name, '']]
    return IS_REQUIRED.test(name) ? [[name, 'false']] : []
  })
  return [...Object.entries(NOTHING_BY_ITSELF), ...named].flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

const FOR_A_SHELL = /^(GIT_|SSH_ASKPASS$|EDITOR$|VISUAL$|PAGER$|LESS)/

/** The environment for git: nothing that was set for the person's own shell, and in English, as its words are passed on. */
export function gitEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => /^GIT_(CEILING_DIRECTORIES|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM))$/.test(name) || !FOR_A_SHELL.test(name),
  )
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ATTR_NOSYSTEM: '1',
  }
}

/**
 * Runs git for the app and resolves with what it printed, trimmed. No hook, filter, helper or other program of the
 * repository's settings runs. Rejects as `execFile` does, with what git said in `stderr`.
 */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const [command = '', ...rest] = args
  const plain = SHOWS_CHANGES.has(command) ? [command, '--no-ext-diff', '--no-textconv', ...rest] : args
  return (await gitOutput(cwd, [...inertSettings(await configuredNames(cwd)), ...plain])).trim()
}

/** For these the programs of a setting are switched off by a flag: an empty setting would be an error. */
const SHOWS_CHANGES = new Set(['diff', 'log', 'show'])

/** The settings that name programs under names of their own. Reading settings runs nothing. */
async function configuredNames(cwd: string): Promise<string[]> {
  try {
    const names = await gitOutput(cwd, ['config', '--name-only', '--null', '--get-regexp', '^(filter|diff|merge)\\.'])
    return names.split('\0').filter((name) => name !== '')
  } catch {
    // None, or no repository: the command itself will say so.
    return []
  }
}

/** The output of a git command that only asks and runs nothing by itself. */
export async function gitOutput(cwd: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['--no-pager', ...args], {
    cwd,
    env: gitEnvironment(process.env),
    maxBuffer: LARGEST_ANSWER,
  })
  return stdout
}
