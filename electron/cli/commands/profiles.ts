import { resolve } from 'node:path'
import { FailureError, failure } from '#shared/failure.ts'
import { ProfileId } from '#shared/ids.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'
import { counted } from '#shared/lib/counted.ts'
import { presets } from '#shared/profile/presets.ts'
import type { Profile } from '#shared/profile/profile.ts'
import { ExitCode, exitCodeOfFailure } from '#shared/session/exit-code.ts'
import type { Engine } from '../../engine/engine.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { cleared, type ProfileFlags, profileChange, profileFlags } from '../command-line/profile-flags.ts'
import { createReporter } from '../run/reporter.ts'
import { withEngine } from '../run/with-engine.ts'
import { modelWords } from '../terminal/model-words.ts'
import { plainLine } from '../terminal/plain-text.ts'
import type { Shell } from '../terminal/shell.ts'
import { type Column, tableLines } from '../terminal/table.ts'
import { writeSentence } from '../terminal/write-sentence.ts'
import { readKey } from './read-key.ts'

interface Request {
  engine: Engine
  flags: ProfileFlags
  /** The profile or name that was given; empty = none. */
  wanted: string
  shell: Shell
}

const columns: readonly Column[] = [
  { heading: '' },
  { heading: 'id' },
  { heading: 'name', least: 12, drop: 1 },
  { heading: 'kind', drop: 3 },
  { heading: 'from', drop: 4 },
  { heading: 'model', least: 10, drop: 2 },
  { heading: 'address', least: 30 },
]

const actions: Readonly<Record<string, (request: Request) => Promise<ExitCode>>> = {
  list: async ({ engine, flags, shell: { screen } }) => {
    const { profiles } = engine
    const active = profiles.active()?.id
    const list = profiles.statuses().map(({ profile, origin }) => ({ ...described(profile), origin }))
    if (flags.json) screen.out.write(`${JSON.stringify(list.map((row) => ({ ...row, active: row.id === active })))}\n`)
    else {
      const rows = list.map(({ id, name, kind, baseUrl, model, origin }) => [
        id === active ? '*' : '',
        id,
        name,
        kind,
        origin,
        model || 'first one',
        baseUrl,
      ])
      screen.out.write(`${tableLines(screen.out, columns, rows).join('\n')}\n`)
    }
    return ExitCode.completed
  },

  show: async ({ engine, flags, wanted, shell: { screen } }) => {
    const profile = described(engine.profiles.find(required(wanted, 'show')))
    if (flags.json) screen.out.write(`${JSON.stringify(profile)}\n`)
    else {
      const rows = Object.entries(profile).filter(([, value]) => value !== undefined && value !== '')
      for (const [name, value] of rows) {
        const shown = typeof value === 'object' ? JSON.stringify(value) : String(value)
        screen.out.write(`${name.padEnd(22)}${plainLine(shown)}\n`)
      }
    }
    return ExitCode.completed
  },

  add: async (request) => {
    const { engine, flags, wanted, shell } = request
    const name = flags.name ?? (wanted || presets.find(({ kind }) => kind === flags.kind)?.name)
    if (!name) throw new UsageError('profiles add needs a name.')
    const found = flags.kind === undefined ? await whatAnswers(request) : null
    const kind = flags.kind ?? found?.kind ?? 'custom'
    const preset = presets.find((candidate) => candidate.kind === kind)
    if (!flags['base-url'] && !flags.kind)
      throw new UsageError('profiles add needs --base-url, or --kind for a preset.')
    const profile: Profile = {
      id: freeId(engine, wanted || name),
      kind,
      baseUrl: preset?.baseUrl ?? '',
      model: flags['base-url'] ? '' : (preset?.model ?? ''),
      key: { source: 'none' },
      ...profileChange(flags, {}),
      ...places(request),
      name,
    }
    const needsKey = preset?.needsKey === true && !flags['no-key'] && profile.key.source === 'none'
    const saved = await engine.profiles.save(profile, await secret(request, profile.name, needsKey))
    if (found) {
      const models = found.models.slice(0, 5).map((model) => plainLine(modelWords(model)))
      const more = found.models.length > models.length ? [`… and ${found.models.length - models.length} more`] : []
      shell.screen.side.write(`${[`It is ${kindName(found.kind)}, and lists:`, ...models, ...more].join('\n  ')}\n`)
    }
    writeSentence(
      shell.screen.side,
      `Saved ${saved.id}: ${plainLine(saved.baseUrl)}. \`${clawCommand(`profiles test ${saved.id}`)}\` asks the server.`,
    )
    return ExitCode.completed
  },

  set: async (request) => {
    const { engine, flags, wanted, shell } = request
    const before = engine.profiles.find(required(wanted, 'set'))
    const change = { ...profileChange(flags, before), ...places(request) }
    const key = await secret(request, before.name, false)
    if (Object.keys(change).length === 0 && !flags.clear && !key.key)
      throw new UsageError('profiles set needs a flag that says what to change.')
    const saved = await engine.profiles.save(cleared({ ...before, ...change }, flags.clear), key)
    writeSentence(shell.screen.side, `Saved ${saved.id}.`)
    return ExitCode.completed
  },

  use: async ({ engine, wanted, shell }) => {
    const profile = engine.profiles.find(required(wanted, 'use'))
    await engine.profiles.use(profile.id)
    const environment = engine.profiles.get('environment')
    shell.screen.side.write(
      environment && environment.id !== profile.id
        ? `New runs use ${plainLine(profile.name)} as soon as OPENAI_BASE_URL is not set any more.\n`
        : `New runs use ${plainLine(profile.name)}.\n`,
    )
    return ExitCode.completed
  },

  remove: async ({ engine, wanted, shell }) => {
    const profile = engine.profiles.find(required(wanted, 'remove'))
    await engine.profiles.remove(profile.id)
    writeSentence(shell.screen.side, `Removed ${profile.id}.`)
    return ExitCode.completed
  },

  export: async ({ engine, wanted, shell: { cwd, screen } }) => {
    const { text, count, left } = wanted
      ? await engine.profiles.exportTo(resolve(cwd, wanted))
      : engine.profiles.exported()
    if (!wanted) screen.out.write(text)
    else writeSentence(screen.side, `Wrote ${counted(count, 'profile')}, without keys.`)
    if (left.length > 0)
      writeSentence(screen.side, `Left out, because it looks like a secret: ${plainLine(left.join(', '))}.`)
    return ExitCode.completed
  },

  import: async ({ engine, wanted, shell: { cwd, screen } }) => {
    if (!wanted) throw new UsageError('profiles import needs a file.')
    const { profiles, notes } = await engine.profiles.readFrom(resolve(cwd, wanted))
    await engine.profiles.add(profiles)
    for (const { id, baseUrl } of profiles) writeSentence(screen.side, `Added ${id}: ${plainLine(baseUrl)}.`)
    for (const note of notes) writeSentence(screen.side, plainLine(note))
    return ExitCode.completed
  },

  test: async ({ engine, flags, wanted, shell: { screen } }) => {
    const profile = wanted ? engine.profiles.find(wanted) : await engine.profiles.ensureActive({ save: false })
    if (!profile) {
      throw new FailureError(failure('unreachable', 'No backend is configured, and none was found on the usual ports.'))
    }
    await engine.profiles.check(profile.id)
    const status = engine.profiles.statuses().find((candidate) => candidate.profile.id === profile.id)
    const problem = status?.failure ?? null
    if (flags.json) {
      const { code, message } = problem ?? { code: null, message: null }
      screen.out.write(
        `${JSON.stringify({ id: profile.id, reachable: !problem, code, message, models: status?.models })}\n`,
      )
    } else if (problem) {
      writeSentence(screen.side, `${plainLine(profile.name)} failed: ${plainLine(problem.message)}`)
    } else {
      screen.side.write(
        `${plainLine(profile.name)} is reachable${profile.baseUrl && ` at ${plainLine(profile.baseUrl)}`}.\n`,
      )
      for (const model of status?.models ?? []) screen.out.write(`${plainLine(modelWords(model))}\n`)
    }
    return problem ? exitCodeOfFailure(problem) : ExitCode.completed
  },
}

export async function profiles(args: readonly string[], shell: Shell): Promise<ExitCode> {
  const { values: flags, positionals } = parseFlags(profileFlags, args)
  const [name = 'list', wanted = '', ...others] = positionals
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!action) throw new UsageError(`profiles cannot ${name}. It can: ${Object.keys(actions).join(', ')}.`)
  if (others.length > 0) throw new UsageError(`profiles ${name} takes one name; put quotes around it.`)
  return withEngine(shell, {}, createReporter(shell.screen, false), (engine) =>
    action({ engine, flags, wanted, shell }),
  )
}

/** The server at the address that was given, told by its own answers; null = nobody answers, or it tells nothing. */
async function whatAnswers({ engine, flags, shell }: Request) {
  const baseUrl = flags['base-url']
  if (!baseUrl) return null
  const key = flags['key-env'] === undefined ? undefined : shell.env[flags['key-env']]
  try {
    const { server, models } = await engine.profiles.probe({ baseUrl, ...(key && { key }) })
    return server && server.kind !== 'custom' ? { kind: server.kind, models } : null
  } catch (error) {
    // It may be started later; an address that is none is refused when it is saved.
    if (error instanceof FailureError) return null
    throw error
  }
}

function kindName(kind: Profile['kind']): string {
  return presets.find((preset) => preset.kind === kind)?.name ?? kind
}

/** What flags name by something that is here: a file, another profile. */
function places({ engine, flags, shell }: Request): Pick<Profile, 'fallbackProfileId' | 'caFile'> {
  const { fallback, 'ca-file': caFile } = flags
  return {
    ...(fallback !== undefined && { fallbackProfileId: engine.profiles.find(fallback).id }),
    ...(caFile !== undefined && { caFile: resolve(shell.cwd, caFile) }),
  }
}

/** Headers may hold secrets: their names say enough. */
function described({ headers, key, ...profile }: Profile) {
  return {
    ...profile,
    key: key.source === 'env' ? `from ${key.name}` : key.source,
    ...(headers && { headers: Object.keys(headers) }),
  }
}

/** A key to keep, where the flags or the kind of server ask for one. */
async function secret({ engine, flags, shell }: Request, name: string, needsKey: boolean) {
  const asked = flags['key-prompt'] || (needsKey && shell.interactive)
  const key = flags['key-stdin'] || asked ? await readKey(name, flags['key-stdin'] ? 'input' : 'person', shell) : null
  if (!key) return {}
  if (await engine.keys.keychainAvailable()) return { key }
  if (flags['key-file']) return { key, storage: 'file' as const }
  throw new FailureError(
    failure(
      'invalid-input',
      'This machine has no keychain. --key-env names a variable that holds the key; --key-file keeps it in a file that only you can read.',
    ),
  )
}

function required(wanted: string, action: string): string {
  if (wanted) return wanted
  throw new UsageError(`profiles ${action} needs the name of a profile.`)
}

/** Letters, digits and dashes of the name; a number behind it where it is taken. */
function freeId(engine: Engine, name: string): ProfileId {
  const words = name
    .normalize('NFD')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['profile']
  const base = words.join('-').slice(0, 36)
  let id = base
  for (let number = 2; engine.profiles.get(id); number++) id = `${base}-${number}`
  return ProfileId.parse(id)
}
