import { resolve } from 'node:path'
import { FailureError, failure } from '#shared/failure.ts'
import type { ProfileId } from '#shared/ids.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'
import { type RunLink, readRunLink } from '#shared/limits/run-link.ts'
import { DEMO_LABEL } from '#shared/profile/presets.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import { dataFolder } from '../../engine/data-folder.ts'
import { createEngine, type Engine, type NewSession, usableFolder } from '../../engine/engine.ts'
import { UsageError } from '../command-line/flag.ts'
import { overridesOf, permissionsOf, type RunFlags } from '../command-line/run-flags.ts'
import { plainLine } from '../terminal/plain-text.ts'
import type { Shell } from '../terminal/shell.ts'
import { writeSentence } from '../terminal/write-sentence.ts'

/**
 * Makes the engine of a command, on the data folder that the environment names; the caller closes it. `FailureError`
 * `storage`.
 */
export function openEngine(shell: Shell, flags: Pick<RunFlags, 'base-url' | 'profile'> = {}): Promise<Engine> {
  const { 'base-url': baseUrl, profile } = flags
  return createEngine({
    dataFolder: dataFolder(shell.env),
    openConf: async (options) => new (await import('conf')).default(options),
    // An address alone is a profile of its own for this run: what OPENAI_BASE_URL would be.
    env: baseUrl && !profile ? { ...shell.env, OPENAI_BASE_URL: baseUrl } : shell.env,
    holder: 'a terminal',
    platform: process.platform,
    worker: { command: process.execPath, args: [shell.workerProgram], env: {} },
    // In the terminal somebody waits for everything; what nobody waits for is a defect like any other.
    onDefect: (error) => queueMicrotask(() => Promise.reject(error)),
  })
}

/**
 * Where `CLAW_PARENT_RUN` holds the link of a run, this one is its child and spends from its purse. `UsageError`: it holds
 * something else.
 */
export function parentRunOf({ CLAW_PARENT_RUN: text }: Shell['env']): RunLink | null {
  if (!text) return null
  const link = readRunLink(text)
  if (!link) throw new UsageError('CLAW_PARENT_RUN does not hold the link of a run.')
  return link
}

/** Who answers, and what the flags change about it. */
export interface Choice {
  profileId: ProfileId
  overrides: ProfileOverrides
}

/**
 * The profile named by `--profile`, else the active one, else what answers on a usual port, else the demo if a person
 * wants it. `FailureError`: `not-found`, `invalid-input` (no such profile), `unreachable` (nothing there at all).
 */
export async function chooseBackend(engine: Engine, flags: RunFlags, shell: Shell, canAsk: boolean): Promise<Choice> {
  const overrides = overridesOf(flags)
  if (flags.profile !== undefined) {
    const baseUrl = flags['base-url']
    return {
      profileId: engine.profiles.find(flags.profile).id,
      overrides: { ...overrides, ...(baseUrl !== undefined && { baseUrl }) },
    }
  }
  const profile = engine.profiles.active() ?? (await findOrOffer(engine, shell, canAsk))
  return { profileId: profile.id, overrides }
}

async function findOrOffer(engine: Engine, shell: Shell, canAsk: boolean): Promise<Profile> {
  const found = await engine.profiles.ensureActive({ save: false })
  if (found) {
    writeSentence(shell.screen.side, `Using ${plainLine(found.name)}, found at ${plainLine(found.baseUrl)}.`)
    return found
  }
  if (canAsk) {
    const { askLine } = await import('../keyboard/ask.ts')
    const question = `No backend is configured, and none was found on the usual ports.\nTry the built-in one (${DEMO_LABEL})? [Y/n]`
    if (/^(y|yes|)$/i.test((await askLine(question))?.trim() ?? 'no')) return engine.profiles.find('demo')
  }
  throw new FailureError(failure('unreachable', nothingConfigured()))
}

function nothingConfigured(): string {
  return `No backend is configured, and none was found on the usual ports. Set OPENAI_BASE_URL (with OPENAI_MODEL and OPENAI_API_KEY where needed), save one with \`${clawCommand('profiles add')}\`, or start a local server such as Ollama; \`--profile demo\` shows what it is like without a model.`
}

/** The parts of a new session that flags decide. `FailureError` `invalid-input`: a folder that cannot be used. */
export async function sessionOptions(
  flags: RunFlags,
  shell: Shell,
  choice: Choice,
  canAnswer: boolean,
): Promise<NewSession> {
  const { 'system-prompt': systemPrompt, 'append-system-prompt': appendSystemPrompt } = flags
  return {
    ...choice,
    cwd: resolve(shell.cwd, flags.cwd ?? '.'),
    permissions: permissionsOf(flags),
    addedFolders: await addedFolders(flags, shell),
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...(appendSystemPrompt !== undefined && { appendSystemPrompt }),
    canAnswer,
  }
}

export function addedFolders(flags: RunFlags, shell: Shell): Promise<string[]> {
  return Promise.all((flags['add-dir'] ?? []).map((folder) => usableFolder(resolve(shell.cwd, folder))))
}
