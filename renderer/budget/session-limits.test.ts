import { expect, test } from 'vitest'
import type { TurnId } from '#shared/ids.ts'
import { ProfileId } from '#shared/ids.ts'
import type { BudgetScope, BudgetStop, LimitName, LimitSource, Limits, Standing } from '#shared/limits/budget.ts'
import { withRaises } from '#shared/limits/effective-limits.ts'
import { applyEvent, viewFromStart } from '#shared/session/apply-event.ts'
import type { SessionEvent, UnstampedEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { sampleRun } from '../../test-support/sample-run.ts'
import { sampleSessionStart } from '../../test-support/sample-session-start.ts'
import { countedOf, countedOfTurn, decisionsOf, limitsOfSession, raisesIn, sessionUses } from './session-limits.ts'

function set(scope: BudgetScope, limit: LimitName, allowed: number, profile: string | null = null): Standing {
  const profileId = profile === null ? null : ProfileId.parse(profile)
  return { name: limit, allowed, scope, profileId, setBy: { kind: 'settings', profileId }, used: null }
}

function manifest(path: string, limits: Limits, trusted: boolean): LimitSource {
  return { scope: 'session', setBy: { kind: 'policy', path, trusted }, limits }
}

test('settings of the profile, manifests and the run itself limit a session, days and months do not', () => {
  const settings = [
    set('day', 'totalTokens', 1),
    set('month', 'costUsd', 1),
    set('session', 'totalTokens', 400),
    set('session', 'costUsd', 600, 'openrouter'),
    set('run', 'turns', 9),
    set('background-run', 'wallTime', 8),
  ]
  const policy = [
    manifest('/p/.claw-policy.json', { wallTime: 7 }, false),
    manifest('/p/a/.claw-policy.json', { totalTokens: 4000 }, true),
  ]
  const words = (profileId: string, with_: Partial<Parameters<typeof limitsOfSession>[0]> = {}) =>
    limitsOfSession({ profileId, settings, policy: [], turn: null, ...with_ }).map(
      ({ scope, name, allowed }) => `${scope} ${name} ${allowed}`,
    )
  expect([
    words('vllm'),
    words('openrouter', { settings: settings.slice(0, 4) }),
    // Trusted, it takes the place of the 400; what is only tighter stands beside.
    words('vllm', { policy, turn: { limits: { costUsd: 5 } } }),
  ]).toEqual([
    ['run turns 9', 'session totalTokens 400', 'background-run wallTime 8'],
    ['session totalTokens 400', 'session costUsd 600'],
    ['run turns 9', 'session totalTokens 4000', 'run costUsd 5', 'session wallTime 7', 'background-run wallTime 8'],
  ])
})

const start = viewFromStart(
  sampleSessionStart({ profile: { profileId: ProfileId.parse('vllm'), profileName: 'vLLM', kind: 'vllm', model: '' } }),
)
const turnId = 'bbbbbbbbbb' as TurnId

function after(view: SessionView, ...events: readonly (UnstampedEvent & { at: number })[]): SessionView {
  return events.reduce((next, event) => applyEvent(next, { ...event, seq: next.seq + 1 } as SessionEvent), view)
}

test('time goes on with a turn, and what waits between turns takes none', () => {
  const once = after(
    start,
    { type: 'turn-start', turnId, text: 'a', facts: '', at: 1000 },
    { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null, at: 4000 },
  )
  const again = after(once, { type: 'turn-start', turnId, text: 'b', facts: '', at: 9000 })
  const times = (view: SessionView, now: number) => {
    const parts = {
      session: countedOf(view),
      turn: countedOfTurn(view),
      background: sampleRun({ startedAt: 500 }),
    }
    const uses = sessionUses(parts, now)
    return [uses.session?.time, uses.run?.time, uses['background-run']?.time]
  }
  expect([times(once, 8000), times(again, 9500)]).toEqual([
    [3000, undefined, 7500],
    [3500, 500, 9000],
  ])
})

test('a limit that was raised is the new one until the turn ends', () => {
  const stop = (allowed: number): BudgetStop => ({ limit: 'modelCalls', allowed, used: allowed, scope: 'session' })
  const raised = after(
    start,
    { type: 'turn-start', turnId, text: 'a', facts: '', at: 1 },
    { type: 'budget-request', stop: stop(3), at: 2 },
    { type: 'budget-answer', answer: { choice: 'raise', to: 5 }, at: 3 },
    { type: 'budget-request', stop: stop(5), at: 4 },
    { type: 'budget-answer', answer: { choice: 'raise', to: 8 }, at: 5 },
  )
  const ended = after(raised, { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null, at: 6 })
  const limits = limitsOfSession({
    profileId: 'vllm',
    settings: [set('session', 'modelCalls', 3), set('run', 'modelCalls', 3)],
    policy: [],
    turn: null,
  })
  const allowed = (view: SessionView) => withRaises(limits, raisesIn(decisionsOf(view))).map((limit) => limit.allowed)
  expect([allowed(raised), allowed(ended)]).toEqual([
    [8, 3],
    [3, 3],
  ])
})
