import type { ProfileId } from '../ids.ts'
import {
  type BudgetScope,
  type BudgetStop,
  type Limit,
  LimitName,
  type LimitRule,
  type LimitSetter,
  type LimitSource,
  type Limits,
} from './budget.ts'
import { originWords } from './limit-words.ts'

/** In this order a run asks, so that of two that are reached at once always the same one is named. */
const order: readonly LimitName[] = [
  'turns',
  'modelCalls',
  'totalTokens',
  'inputTokens',
  'outputTokens',
  'reasoningTokens',
  'costUsd',
  'toolCalls',
  'wallTime',
]

/**
 * Every limit that counts where all these sources speak, for the engine that enforces it and the window that shows it. A
 * trusted manifest takes the place of the settings of the same scope and name; all others stand side by side, so that a
 * source can only make things tighter. The tightest comes first of those with one name.
 */
export function effectiveLimits(sources: readonly LimitSource[]): Limit[] {
  const replaced = new Set(
    sources.flatMap(({ scope, setBy, limits }) =>
      setBy.kind === 'policy' && setBy.trusted ? namesOf(limits).map((name) => keyOf(scope, name)) : [],
    ),
  )
  return order.flatMap((name) =>
    sources
      .flatMap(({ scope, setBy, limits }): Limit[] => {
        const allowed = limits[name]
        if (allowed === undefined || (setBy.kind === 'settings' && replaced.has(keyOf(scope, name)))) return []
        return [{ name, allowed, scope, profileId: setBy.kind === 'settings' ? setBy.profileId : null, setBy }]
      })
      .sort((a, b) => a.allowed - b.allowed),
  )
}

/** The sources that the rules of the settings are. */
export function sourcesOfRules(rules: readonly LimitRule[], nameOf: (id: ProfileId) => string): LimitSource[] {
  return rules.map(({ scope, profileId, limits }) => ({
    scope,
    limits,
    setBy: { kind: 'settings', profileId, ...(profileId !== null && { profileName: nameOf(profileId) }) },
  }))
}

/** The sources that the limits of one run are, one for each limit. `options` = how whoever began it calls each. */
export function sourcesOfRun(limits: Limits, options: Partial<Record<LimitName, string>>): LimitSource[] {
  return namesOf(limits).map((name) => ({
    scope: 'run',
    limits: { [name]: limits[name] },
    setBy: { kind: 'run', option: options[name] ?? 'you, for this run' },
  }))
}

/** Whether a limit counts while this profile answers. */
export function isInForce({ profileId }: Pick<Limit, 'profileId'>, answering: string): boolean {
  return profileId === null || profileId === answering
}

/** Whether two setters are one, whatever they are called meanwhile. */
export function isSameSetter(one: LimitSetter, other: LimitSetter): boolean {
  switch (one.kind) {
    case 'settings':
      return other.kind === 'settings' && one.profileId === other.profileId
    case 'policy':
      return other.kind === 'policy' && one.path === other.path
    case 'run':
      return other.kind === 'run' && one.option === other.option
  }
}

/** Whether this limit is the one that said no. */
export function isStopOf(stop: BudgetStop, limit: Limit): boolean {
  if (limit.name !== stop.limit || limit.scope !== stop.scope) return false
  if (stop.setBy) return isSameSetter(stop.setBy, limit.setBy)
  // Older journals name the page by what it was called then.
  return stop.origin === undefined || stop.origin.replace(/^Settings: /, 'Budgets: ') === originWords(limit)
}

/** Limits after a person gave more to a run: a raise never makes one tighter. */
export function withRaises<Known extends Limit>(
  limits: readonly Known[],
  raises: readonly { stop: BudgetStop; to: number }[],
): readonly Known[] {
  return raises.reduce<readonly Known[]>(
    (now, { stop, to }) =>
      now.map((limit) => (isStopOf(stop, limit) ? { ...limit, allowed: Math.max(limit.allowed, to) } : limit)),
    limits,
  )
}

/** Who set the limit that said no. Older journals have only the words; null = they say nothing. */
export function setterOf({ setBy, origin }: Pick<BudgetStop, 'setBy' | 'origin'>): LimitSetter | null {
  if (setBy) return setBy
  if (origin === undefined) return null
  const settings = /^(?:Settings|Budgets): [^,]*(?:, (.+))?$/s.exec(origin)
  if (settings) return { kind: 'settings', profileId: null, ...(settings[1] && { profileName: settings[1] }) }
  return origin.startsWith('/') ? { kind: 'policy', path: origin, trusted: false } : { kind: 'run', option: origin }
}

function namesOf(limits: Limits): LimitName[] {
  return LimitName.options.filter((name) => limits[name] !== undefined)
}

function keyOf(scope: BudgetScope, name: LimitName): string {
  return `${scope} ${name}`
}
