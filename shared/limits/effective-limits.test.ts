import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProfileId } from '../ids.ts'
import { BudgetScope, type BudgetStop, type Limit, LimitName, type LimitSetter, type LimitSource } from './budget.ts'
import { effectiveLimits, isStopOf, setterOf, sourcesOfRules, sourcesOfRun, withRaises } from './effective-limits.ts'
import { originWords } from './limit-words.ts'

const openRouter = ProfileId.parse('openrouter')

const setters = fc.oneof(
  fc.constantFrom<LimitSetter>(
    { kind: 'settings', profileId: null },
    { kind: 'settings', profileId: openRouter, profileName: 'OpenRouter' },
    { kind: 'run', option: '--max-turns' },
  ),
  fc.record({
    kind: fc.constant('policy' as const),
    path: fc.constantFrom('/p/.claw-policy.json', '/p/a/.claw-policy.json'),
    trusted: fc.boolean(),
  }),
)
const sources = fc.array(
  fc.record({
    scope: fc.constantFrom(...BudgetScope.options),
    setBy: setters,
    limits: fc.dictionary(fc.constantFrom(...LimitName.options), fc.nat(50), { maxKeys: 4 }),
  }),
  { maxLength: 6 },
)

/** The least that all limits of one scope and name allow to a profile; Infinity = they do not limit it. */
function least(limits: readonly Limit[], { scope, name, profileId }: Pick<Limit, 'scope' | 'name' | 'profileId'>) {
  const fitting = limits.filter(
    (limit) => limit.scope === scope && limit.name === name && [null, profileId].includes(limit.profileId),
  )
  return Math.min(Number.POSITIVE_INFINITY, ...fitting.map(({ allowed }) => allowed))
}

const questions = BudgetScope.options.flatMap((scope) =>
  LimitName.options.flatMap((name) => [null, openRouter].map((profileId) => ({ scope, name, profileId }))),
)

describe('whatever the sources', () => {
  test('each limit counts, but for settings that a trusted manifest replaces', () => {
    fc.assert(
      fc.property(sources, (all) => {
        const isReplaced = (source: LimitSource, name: LimitName) =>
          source.setBy.kind === 'settings' &&
          all.some(
            ({ scope, setBy, limits }) =>
              setBy.kind === 'policy' && setBy.trusted && scope === source.scope && limits[name] !== undefined,
          )
        const expected = all.flatMap((source) =>
          LimitName.options.flatMap((name) =>
            source.limits[name] === undefined || isReplaced(source, name)
              ? []
              : [`${source.scope} ${name} ${source.limits[name]} ${originWords(source)}`],
          ),
        )
        const found = effectiveLimits(all).map(
          (limit) => `${limit.scope} ${limit.name} ${limit.allowed} ${originWords(limit)}`,
        )
        expect(found.toSorted()).toEqual(expected.toSorted())
      }),
    )
  })

  test('their order decides nothing, and of one name the tightest comes first', () => {
    fc.assert(
      fc.property(sources, (all) => {
        const limits = effectiveLimits(all)
        const reversed = effectiveLimits(all.toReversed())
        for (const question of questions) expect(least(limits, question)).toBe(least(reversed, question))
        for (const [at, { name, allowed }] of limits.entries()) {
          const next = limits[at + 1]
          if (next?.name === name) expect(next.allowed).toBeGreaterThanOrEqual(allowed)
        }
      }),
    )
  })

  test('one more that nobody trusts makes nothing looser', () => {
    fc.assert(
      fc.property(sources, sources, (all, more) => {
        const untrusted = more.filter(({ setBy }) => setBy.kind !== 'policy' || !setBy.trusted)
        const [before, after] = [effectiveLimits(all), effectiveLimits([...all, ...untrusted])]
        for (const question of questions) expect(least(after, question)).toBeLessThanOrEqual(least(before, question))
      }),
    )
  })

  test('a raise changes the limits that said no and makes none tighter', () => {
    fc.assert(
      fc.property(sources, fc.nat(10), fc.nat(80), (all, at, to) => {
        const limits = effectiveLimits(all)
        const limit = limits[at]
        if (!limit) return
        const { name, allowed, scope, setBy } = limit
        const stop: BudgetStop = { limit: name, allowed, used: allowed, scope, setBy }
        const raised = withRaises(limits, [{ stop, to }])
        expect(raised).toEqual(
          limits.map((one) => (isStopOf(stop, one) ? { ...one, allowed: Math.max(to, one.allowed) } : one)),
        )
        expect(raised[at]?.allowed).toBe(Math.max(to, allowed))
      }),
    )
  })
})

test('a trusted manifest takes the place of settings, and of the others the tightest comes first', () => {
  const source = (setBy: LimitSetter, turns: number): LimitSource => ({ scope: 'session', setBy, limits: { turns } })
  const policy = (path: string, trusted: boolean): LimitSetter => ({ kind: 'policy', path, trusted })
  const names = (...all: LimitSource[]) => effectiveLimits(all).map((limit) => [originWords(limit), limit.allowed])
  const settings = source({ kind: 'settings', profileId: null }, 5)
  expect([
    names(settings, source(policy('/untrusted', false), 9), source(policy('/also', false), 3)),
    names(settings, source(policy('/trusted', true), 9), source(policy('/untrusted', false), 12)),
  ]).toEqual([
    [
      ['/also', 3],
      ['Budgets: a session', 5],
      ['/untrusted', 9],
    ],
    [
      ['/trusted', 9],
      ['/untrusted', 12],
    ],
  ])
})

test('rules and flags are sources with the names that a person knows them by', () => {
  const all = [
    ...sourcesOfRules(
      [
        { scope: 'day', profileId: openRouter, limits: { costUsd: 5 } },
        { scope: 'month', profileId: null, limits: { costUsd: 9 } },
      ],
      () => 'OpenRouter',
    ),
    ...sourcesOfRun({ turns: 3, toolCalls: 4 }, { turns: '--max-turns' }),
  ]
  expect(all.map(originWords)).toEqual([
    'Budgets: a day, OpenRouter',
    'Budgets: a month',
    'you, for this run',
    '--max-turns',
  ])
})

describe('the limit that said no', () => {
  const limit: Limit = {
    ...{ name: 'costUsd', allowed: 5, scope: 'day', profileId: openRouter },
    setBy: { kind: 'settings', profileId: openRouter, profileName: 'OpenRouter' },
  }
  const stop: BudgetStop = { limit: 'costUsd', allowed: 5, used: 5, scope: 'day', setBy: limit.setBy }

  test('is known again when its profile has another name by now, and is not the one for everything', () => {
    const renamed: Limit = { ...limit, setBy: { kind: 'settings', profileId: openRouter, profileName: 'OR' } }
    const everything: Limit = { ...limit, profileId: null, setBy: { kind: 'settings', profileId: null } }
    expect([renamed, everything].map((one) => isStopOf(stop, one))).toEqual([true, false])
  })

  test('is known by its words in a journal that has no more', () => {
    const old = (origin: string): BudgetStop => ({ limit: 'costUsd', allowed: 5, used: 5, scope: 'day', origin })
    const origins = ['Settings: a day, OpenRouter', 'Settings: a day']
    expect(origins.map((origin) => isStopOf(old(origin), limit))).toEqual([true, false])
    expect(
      ['Settings: a day, OpenRouter', 'Settings: a session', '/p/.claw-policy.json', '--max-turns', undefined].map(
        (origin) => setterOf({ origin }),
      ),
    ).toEqual([
      { kind: 'settings', profileId: null, profileName: 'OpenRouter' },
      { kind: 'settings', profileId: null },
      { kind: 'policy', path: '/p/.claw-policy.json', trusted: false },
      { kind: 'run', option: '--max-turns' },
      null,
    ])
  })
})
