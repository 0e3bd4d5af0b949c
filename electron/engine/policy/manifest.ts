import { z } from 'zod'
import { microUsdFromUsd } from '#shared/lib/money.ts'
import type { Limits } from '#shared/limits/budget.ts'
import { MOST_VERIFY_COMMANDS } from '#shared/verify/verify-command.ts'

/** What a whole manifest says. Names of tools are in lower case, limits in the units of `Limits`. */
export type Manifest = z.output<typeof Manifest>

const toolName = z
  .string('must be the name of a tool')
  .regex(/^[\w.:-]+$/, 'must be the name of a tool')
  .toLowerCase()
/** So that a person can read what they trust. */
const MOST = 200
const tooMany = `must have at most ${MOST} entries`
const tools = z.array(toolName, 'must be a list of names of tools').max(MOST, tooMany)
const variable = z
  .string('must be the name of a variable')
  .regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable, without a value')
const texts = z
  .union([z.string(), z.array(z.string()).max(MOST)], `must be a text or a list of at most ${MOST} texts`)
  .transform((value) => [value].flat().flatMap((text) => text.trim() || []))
const textsByTool = z
  .record(z.string(), texts, 'must be an object that gives texts by the name of a tool')
  .refine((value) => Object.keys(value).length <= MOST, tooMany)
const count = z.int('must be a whole number from 0 on').nonnegative('must be a whole number from 0 on')
const dollars = z.number('must be a number of US dollars').nonnegative('must be a number of US dollars from 0 on')
const permission = z.enum(['allow', 'ask', 'deny'], 'must be "allow", "ask" or "deny"')

const Permissions = z.strictObject(
  { write: permission, shell: permission, sandbox: z.boolean('must be true or false') },
  'must be an object',
)

const Budget = z.strictObject(
  {
    maxTotalTokens: count,
    maxInputTokens: count,
    maxOutputTokens: count,
    maxReasoningTokens: count,
    maxTotalCostUsd: dollars,
    maxToolCalls: count,
    maxDelegatedTasks: count,
    maxModelCalls: count,
    maxSessionTurns: count,
  },
  'must be an object',
)

export const Manifest = z
  .strictObject(
    {
      trusted: z.boolean('must be true or false'),
      /** Those that this app does not know are kept, so that a person sees that they do nothing. */
      managedSettings: z.looseObject({ permissions: Permissions.partial().optional() }, 'must be an object'),
      safeEnv: z.array(variable, 'must be a list of names of environment variables').max(MOST, tooMany),
      denyTools: tools,
      denyToolPrefixes: tools,
      hooks: z
        .strictObject(
          { beforePrompt: texts, afterTurn: texts, beforeTool: textsByTool, afterTool: textsByTool },
          'must be an object',
        )
        .partial(),
      budget: Budget.partial(),
      /** Commands that must pass before a turn counts as done. */
      verify: texts.refine(
        (commands) => commands.length <= MOST_VERIFY_COMMANDS,
        `must have at most ${MOST_VERIFY_COMMANDS} commands`,
      ),
    },
    'must be an object',
  )
  .partial()
  .transform(({ budget = {}, managedSettings: { permissions = {}, ...others } = {}, hooks = {}, ...rest }) => ({
    trusted: rest.trusted ?? null,
    permissions,
    /** Names of settings that mean nothing here. */
    unknownSettings: Object.keys(others),
    safeEnv: rest.safeEnv ?? [],
    denyTools: rest.denyTools ?? [],
    denyToolPrefixes: rest.denyToolPrefixes ?? [],
    beforePrompt: hooks.beforePrompt ?? [],
    afterTurn: hooks.afterTurn ?? [],
    beforeTool: hooks.beforeTool ?? {},
    afterTool: hooks.afterTool ?? {},
    limits: limitsOf(budget),
    delegatedTasks: budget.maxDelegatedTasks ?? null,
    verify: rest.verify ?? [],
  }))

function limitsOf(budget: Partial<z.output<typeof Budget>>): Limits {
  const { maxTotalCostUsd: usd } = budget
  const limits = {
    totalTokens: budget.maxTotalTokens,
    inputTokens: budget.maxInputTokens,
    outputTokens: budget.maxOutputTokens,
    reasoningTokens: budget.maxReasoningTokens,
    costUsd: usd === undefined ? undefined : microUsdFromUsd(usd),
    toolCalls: budget.maxToolCalls,
    modelCalls: budget.maxModelCalls,
    turns: budget.maxSessionTurns,
  }
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
}
