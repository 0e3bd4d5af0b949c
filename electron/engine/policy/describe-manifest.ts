import { formatMicroUsd } from '#shared/lib/money.ts'
import { visibleLine, visibleText } from '#shared/lib/visible-text.ts'
import type { LimitName } from '#shared/limits/budget.ts'
import type { PolicyRule } from '#shared/policy/policy.ts'
import type { Manifest } from './manifest.ts'

/**
 * What a manifest says, one rule a line, and which of it counts. What is invisible is made visible: a person trusts what
 * they read. `keyVariables` hold keys of backends.
 */
export function describeManifest(
  manifest: Manifest,
  isTrusted: boolean,
  keyVariables: ReadonlySet<string>,
): PolicyRule[] {
  const trusts = isTrusted && manifest.trusted !== false
  const rule = (state: PolicyRule['state'], title: string, text: string): PolicyRule => ({ state, title, text })
  const tightens = (title: string, text: string) => rule('counts', title, text)
  const loosens = (title: string, text: string) => {
    if (manifest.trusted === false) return rule('nothing', title, `${text} (the file asks not to be trusted)`)
    return rule(trusts ? 'counts' : 'waits', title, text)
  }
  const hooks = (titleOf: (tool: string) => string, texts: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(texts).flatMap(([tool, said]) =>
      said.map((text) => loosens(titleOf(tool === '*' ? 'every tool' : tool), text)),
    )
  const rules = [
    ...(manifest.trusted === true
      ? [rule('nothing', 'Says that it is trusted', 'Only you decide that, for this file and its content.')]
      : []),
    ...manifest.denyTools.map((tool) => tightens('Denies', tool)),
    ...manifest.denyToolPrefixes.map((prefix) => tightens('Denies', `all tools that begin with ${prefix}`)),
    ...Object.entries(manifest.limits).map(([name, value]) => limitRule(name as LimitName, value, trusts)),
    ...(manifest.delegatedTasks === null
      ? []
      : [rule('nothing', 'Limit', `${manifest.delegatedTasks} delegated tasks (nothing delegates yet)`)]),
    ...permissionRules(manifest.permissions, tightens, loosens),
    ...manifest.beforePrompt.map((text) => loosens('Says with each message', text)),
    ...hooks((tool) => `Says before ${tool}`, manifest.beforeTool),
    ...hooks((tool) => `Says after ${tool}`, manifest.afterTool),
    ...manifest.afterTurn.map((text) => loosens('Says when a turn ends', text)),
    ...manifest.verify.map((command) => loosens('Verifies the work with', command)),
    ...manifest.safeEnv.map((name) =>
      keyVariables.has(name)
        ? rule('nothing', 'Gives to commands', `${name} (it holds the key of a backend, which no command gets)`)
        : loosens('Gives to commands', name),
    ),
    ...manifest.unknownSettings.map((name) =>
      rule('nothing', 'Setting', `${name} (no setting that a manifest can manage)`),
    ),
  ]
  return rules.map(({ state, title, text }) => ({ state, title: visibleLine(title), text: visibleText(text) }))
}

function permissionRules(
  { write, shell, sandbox }: Manifest['permissions'],
  tightens: (title: string, text: string) => PolicyRule,
  loosens: (title: string, text: string) => PolicyRule,
): PolicyRule[] {
  const words = { allow: 'without asking', ask: 'only after asking', deny: 'never' } as const
  const of = (title: string, answer: keyof typeof words | undefined) =>
    answer === undefined ? [] : [(answer === 'allow' ? loosens : tightens)(title, words[answer])]
  return [
    ...of('Changes files', write),
    ...of('Runs commands', shell),
    ...(sandbox === undefined ? [] : [sandbox ? tightens('Sandbox', 'on') : loosens('Sandbox', 'off')]),
  ]
}

function limitRule(name: LimitName, value: number, trusts: boolean): PolicyRule {
  const amount = name === 'costUsd' ? formatMicroUsd(value) : `${value.toLocaleString('en-US')} ${units[name]}`
  return {
    title: 'Limit',
    text: `${amount} a session${trusts ? '' : ' (can only lower yours)'}`,
    state: 'counts',
  }
}

const units: Record<LimitName, string> = {
  totalTokens: 'tokens',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
  reasoningTokens: 'reasoning tokens',
  costUsd: '',
  toolCalls: 'tool calls',
  modelCalls: 'model calls',
  turns: 'turns',
  wallTime: 'ms',
}
