import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleSessionStart } from '../../test-support/sample-session-start.ts'
import { TurnId } from '../ids.ts'
import { applyEvent, viewFromEntries, viewFromStart } from './apply-event.ts'
import { HELD_AFTER, MOST_HELD } from './held-text.ts'
import type { SessionEvent, UnstampedEvent } from './session-event.ts'
import type { Item, SessionView } from './session-view.ts'

const turnId = TurnId.parse('turn000001')
const start = sampleSessionStart()
const turnStart: UnstampedEvent = { type: 'turn-start', turnId, text: 'Go on.', facts: '' }
const turnEnd: UnstampedEvent = { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null }
const answerEnd: UnstampedEvent = { type: 'model-call-end', toolCalls: [], finish: 'stop' }

const million = 'x'.repeat(1_000_000)
const text = (length: number) => million.repeat(Math.ceil(length / million.length)).slice(0, length)
const texts = new Map([0, 1, 900_000, 5_000_000, 13_000_000].map((length) => [length, text(length)]))
const ofLength = (length: number) => texts.get(length) ?? ''

/** A call that ends, with a change of a file where `changed`. */
function call(callId: string, length: number, changed = false): UnstampedEvent[] {
  const diff = {
    path: 'a',
    added: 1,
    removed: 0,
    hunks: [{ oldStart: 1, newStart: 1, lines: [{ sign: '+' as const, text: ofLength(length) }] }],
  }
  return [
    { type: 'tool-start', callId, name: 'bash', arguments: '{}', recovered: false, verb: 'Run', target: 'ls' },
    {
      ...{ type: 'tool-end', callId, outcome: 'done', summary: 'ended', durationMs: 1 },
      ...(changed ? { output: '', diff } : { output: ofLength(length) }),
    },
  ]
}

const steps: fc.Arbitrary<UnstampedEvent[]> = fc.oneof(
  fc.constantFrom<UnstampedEvent[]>([turnStart], [turnEnd, turnStart], [answerEnd]),
  fc
    .tuple(fc.constantFrom('text-delta' as const, 'reasoning-delta' as const), fc.constantFrom(1, 900_000))
    .map(([type, length]) => [{ type, text: ofLength(length) }]),
  fc
    .tuple(fc.constantFrom('c1', 'c2'), fc.constantFrom(...texts.keys()), fc.boolean())
    .map(([callId, length, changed]) => call(callId, length, changed)),
)
const anyEvents = fc.array(steps, { maxLength: 40 }).map((list) => stamped([turnStart, ...list.flat()]))

function stamped(events: readonly UnstampedEvent[]): SessionEvent[] {
  return [start, ...events.map((event, index) => ({ ...event, seq: index + 1, at: index + 1 }) as SessionEvent)]
}

function sizeOf(item: Item): { here: number; omitted: number } {
  if (item.kind === 'text' || item.kind === 'reasoning') return { here: item.text.length, omitted: item.omitted ?? 0 }
  if (item.kind !== 'tool') return { here: 0, omitted: 0 }
  const changed = item.diff?.hunks.flatMap(({ lines }) => lines).reduce((sum, line) => sum + line.text.length, 0) ?? 0
  return { here: item.output.length + item.arguments.length + changed, omitted: item.omitted ?? 0 }
}

const sizes = (view: SessionView | null) => view?.turns.flatMap(({ items }) => items.map(sizeOf)) ?? []
const sum = (list: readonly number[]) => list.reduce((all, one) => all + one, 0)

test('a view that a call ended in holds no more than it may, the newest, and says how much the rest was', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const all = [...events, { ...answerEnd, seq: events.length, at: events.length } as SessionEvent]
      const found = sizes(viewFromEntries(all))
      const first = found.findIndex(({ here }) => here > 0)
      const lastOmitted = found.findLastIndex(({ here, omitted }) => here === 0 && omitted > 0)
      expect([sum(found.map(({ here }) => here)) <= MOST_HELD, first < 0 || lastOmitted < first]).toEqual([true, true])
      const written = sum(
        all.map((event) => {
          if (event.type === 'text-delta' || event.type === 'reasoning-delta') return event.text.length
          if (event.type === 'tool-start') return event.arguments.length
          return event.type === 'tool-end'
            ? event.output.length + (event.diff?.hunks[0]?.lines[0]?.text.length ?? 0)
            : 0
        }),
      )
      expect(sum(found.map(({ here, omitted }) => here + omitted))).toBe(written)
    }),
    { numRuns: 60 },
  )
})

test('a viewer that joins anywhere lets go of the same', () => {
  fc.assert(
    fc.property(anyEvents, fc.nat(80), (events, join) => {
      const snapshot = viewFromEntries(events.slice(0, Math.max(1, join)))
      const joined = snapshot && events.slice(Math.max(1, join)).reduce(applyEvent, snapshot)
      const whole = viewFromEntries(events)
      expect([sizes(joined), joined?.held]).toEqual([sizes(whole), whole?.held])
    }),
    { numRuns: 60 },
  )
})

test('a call that is let go keeps its row, and what is under work keeps all', () => {
  const events = [turnStart, ...call('c1', 13_000_000), ...call('c2', 1, true), turnEnd, turnStart]
  const open = call('c3', 5_000_000)[0]
  const before = stamped(open ? [...events, open, ...call('c4', 13_000_000)] : events)
  const [, ...rest] = before
  const view = rest.reduce(applyEvent, viewFromStart(start))
  const items = view.turns.flatMap((turn) => turn.items)
  expect(items.map((item) => item.kind === 'tool' && [item.callId, item.state, item.summary, sizeOf(item)])).toEqual([
    ['c1', 'done', 'ended', { here: 0, omitted: 13_000_002 }],
    ['c2', 'done', 'ended', { here: 0, omitted: 3 }],
    ['c3', 'running', '', { here: 2, omitted: 0 }],
    ['c4', 'done', 'ended', { here: 0, omitted: 13_000_002 }],
  ])
  expect([view.held, HELD_AFTER]).toEqual([0, 8_000_000])
})
