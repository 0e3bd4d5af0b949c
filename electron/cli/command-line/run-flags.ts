import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isRecord, parseJson } from '#shared/lib/json.ts'
import { microUsdFromUsd } from '#shared/lib/money.ts'
import type { LimitName, Limits } from '#shared/limits/budget.ts'
import type { RunLink } from '#shared/limits/run-link.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import { DEFAULT_VERIFY_ROUNDS, MOST_VERIFY_COMMANDS } from '#shared/verify/verify-command.ts'
import { address, count, decimal, duration, filled, text, texts, toggle, UsageError } from './flag.ts'
import type { FlagValues } from './parse-flags.ts'

const help = toggle('Show this help.')
const json = toggle('Print one JSON object a line on stdout, and nothing else there.')

/** Who answers. */
const backendFlags = {
  profile: filled(
    '<profile>',
    'Answer with this profile: an id, a name or the beginning of one. `demo` needs no model.',
  ),
  model: filled('<model>', 'Use this model of the backend.'),
  'base-url': address('Use the server at this address; its key, if it needs one, is read from OPENAI_API_KEY.'),
  temperature: decimal('<number>', 'From 0 to 2.', 2),
  'input-cost-per-million': decimal('<usd>', 'Price of a million input tokens, to know what a run costs.'),
  'output-cost-per-million': decimal('<usd>', 'Price of a million output tokens.'),
}

/** What it may do, and for how long. */
const boundFlags = {
  'allow-write': toggle('Change files without asking.'),
  'allow-shell': toggle('Run commands without asking, in the sandbox of the operating system where there is one.'),
  unsafe: toggle('Both, and without the sandbox.'),
  'max-turns': count('End after so many steps (one model call and its tools each).'),
  'max-session-turns': count('The same as --max-turns.'),
  'max-tokens': count('The same as --max-total-tokens.'),
  'max-total-tokens': count('End when input and output together reach so many tokens.'),
  'max-input-tokens': count('End when the input reaches so many tokens.'),
  'max-output-tokens': count('End when the output reaches so many tokens.'),
  'max-reasoning-tokens': count('End when the reasoning reaches so many tokens.'),
  'max-budget-usd': decimal('<usd>', 'End when the cost reaches so much.'),
  'max-tool-calls': count('End after so many tool calls.'),
  'max-model-calls': count('End after so many model calls.'),
  'max-wall-time': duration('End after this time: seconds, or such as 90s, 5m, 1h.'),
}

const outputFlags = {
  stream: toggle('Show the answer as it comes (the default).'),
  'no-stream': toggle('Ask the server for whole answers.'),
  json,
  'response-schema-file': filled('<file>', 'JSON Schema that the final answer must follow.'),
}

/** What shows that its work is done. */
const verifyFlags = {
  verify: texts(
    '<command>',
    'The work counts as done when this command passes; a failed one goes back to the model. May be repeated.',
  ),
  'verify-rounds': count(`How often it may mend what a check found (${DEFAULT_VERIFY_ROUNDS} without this flag).`),
}

const folderFlags = {
  'add-dir': texts('<folder>', 'Another folder that its tools may use; may be repeated.'),
  'trust-folder': toggle('Let the AGENTS.md of the folder count, now and later; `trust --revoke` takes it back.'),
}

/** Of a session's beginning: one that goes on keeps its folder and the first bytes of every request. */
const beginningFlags = {
  cwd: filled('<folder>', 'Work in this folder instead of the current one.'),
  'system-prompt': text('<text>', 'Replace the built-in system prompt.'),
  'append-system-prompt': text('<text>', 'Add this to the system prompt.'),
}

const goingOnFlags = { ...backendFlags, ...boundFlags, ...verifyFlags, ...outputFlags, ...folderFlags, help }
export const resumeFlags = {
  ...goingOnFlags,
  cwd: filled('<folder>', 'Go on in this folder, as where its own one is gone.'),
  bg: toggle('Go on in the background.'),
}
export const runFlags = { ...beginningFlags, ...goingOnFlags }

export type RunFlags = FlagValues<typeof runFlags>

export function limitsOf(flags: RunFlags): Limits {
  const usd = flags['max-budget-usd']
  const limits: Record<LimitName, number | undefined> = {
    totalTokens: smaller(flags['max-tokens'], flags['max-total-tokens']),
    inputTokens: flags['max-input-tokens'],
    outputTokens: flags['max-output-tokens'],
    reasoningTokens: flags['max-reasoning-tokens'],
    costUsd: usd === undefined ? undefined : microUsdFromUsd(usd),
    toolCalls: flags['max-tool-calls'],
    modelCalls: flags['max-model-calls'],
    turns: smaller(flags['max-turns'], flags['max-session-turns']),
    wallTime: flags['max-wall-time'],
  }
  return withoutUndefined(limits)
}

/** The flag that sets each limit, as a person is told. */
const limitOrigins: Record<LimitName, string> = {
  totalTokens: '--max-total-tokens',
  inputTokens: '--max-input-tokens',
  outputTokens: '--max-output-tokens',
  reasoningTokens: '--max-reasoning-tokens',
  costUsd: '--max-budget-usd',
  toolCalls: '--max-tool-calls',
  modelCalls: '--max-model-calls',
  turns: '--max-turns',
  wallTime: '--max-wall-time',
}

/** What the flags allow; without any, reading only, and the rest where a person says yes. */
export function permissionsOf(flags: RunFlags): Permissions {
  const { 'allow-write': write, 'allow-shell': shell, unsafe } = flags
  return {
    write: write || unsafe ? 'allow' : 'ask',
    shell: shell || unsafe ? 'allow' : 'ask',
    sandbox: !unsafe,
  }
}

export function overridesOf(flags: RunFlags): ProfileOverrides {
  return withoutUndefined({
    model: flags.model,
    temperature: flags.temperature,
    inputCostPerMillion: flags['input-cost-per-million'],
    outputCostPerMillion: flags['output-cost-per-million'],
  })
}

/** `UsageError`: the schema file cannot be read or holds no schema. */
export async function sendOptionsOf(flags: RunFlags, parentRun: RunLink | null): Promise<SendOptions> {
  const path = flags['response-schema-file']
  return {
    limits: limitsOf(flags),
    limitOrigins,
    ...(parentRun && { parentRun }),
    ...(flags['no-stream'] && !flags.stream && { stream: false }),
    ...(flags.verify && { verify: verifyCommandsOf(flags.verify) }),
    ...(flags['verify-rounds'] !== undefined && { verifyRounds: flags['verify-rounds'] }),
    ...(path !== undefined && { responseSchema: await readSchema(path) }),
  }
}

/** An empty one asks for none, whatever the profile and the folder ask. */
function verifyCommandsOf(given: readonly string[]): string[] {
  const commands = given.flatMap((command) => command.trim() || [])
  if (commands.length > MOST_VERIFY_COMMANDS)
    throw new UsageError(`--verify can be given at most ${MOST_VERIFY_COMMANDS} times.`)
  return commands
}

async function readSchema(path: string): Promise<Record<string, unknown>> {
  const file = resolve(path)
  let content: string
  try {
    content = await readFile(file, 'utf8')
  } catch (error) {
    const code = codeOf(error)
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    throw new UsageError(`--response-schema-file: ${file} ${why}.`)
  }
  const value = parseJson(content)
  if (isRecord(value)) return value
  throw new UsageError(`--response-schema-file: ${file} does not hold a JSON Schema, which is a JSON object.`)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** Two names of one limit: the stricter one counts. */
function smaller(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b)
}

function withoutUndefined<Values extends object>(values: Values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: Exclude<Values[Key], undefined>
  }
}
