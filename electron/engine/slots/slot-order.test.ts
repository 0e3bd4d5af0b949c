import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SlotLine, SlotOrder } from './slot-order.ts'

const enter = (id: string, { background = false, slots = 1 } = {}): SlotLine => ({
  type: 'enter',
  id,
  pid: 1,
  startedAt: 'then',
  boot: 'now',
  background,
  slots,
})
const rest = (id: string): SlotLine => ({ type: 'rest', id, at: 0 })
const leave = (id: string): SlotLine => ({ type: 'leave', id })
const take = (id: string): SlotLine => ({ type: 'take', id })

function fold(...lines: SlotLine[]): SlotOrder {
  const order = new SlotOrder()
  for (const line of lines) order.apply(line)
  return order
}

const states = (order: SlotOrder) => order.entries().map(({ id, state }) => `${id} ${state}`)

describe('the order of a queue', () => {
  test('is that of arrival', () => {
    const order = fold(enter('a'), enter('b'), enter('c'))
    expect([states(order), order.before('c').map(({ id }) => id)]).toEqual([
      ['a working', 'b waiting', 'c waiting'],
      ['b'],
    ])
    order.apply(leave('a'))
    expect(states(order)).toEqual(['b working', 'c waiting'])
  })

  test('has the foreground first', () => {
    const order = fold(enter('a'), enter('b', { background: true }), enter('c'), leave('a'))
    expect([states(order), order.before('b')]).toEqual([['b waiting', 'c working'], []])
  })

  test('lets as many work as the newest line says', () => {
    const order = fold(enter('a'), enter('b'), enter('c', { slots: 3 }))
    expect(states(order)).toEqual(['a working', 'b working', 'c working'])
    for (const line of [enter('d', { slots: 1 }), leave('a'), leave('b')]) order.apply(line)
    expect(states(order)).toEqual(['c working', 'd waiting'])
  })

  test('lets a run go on with its next call before one that came meanwhile', () => {
    expect(states(fold(enter('a'), enter('b'), rest('a'), enter('a')))).toEqual(['a working', 'b waiting'])
  })

  test('gives away a slot that rested too long, and the run that had it comes again at the end', () => {
    const order = fold(enter('a'), enter('b'), enter('c'), rest('a'), take('a'))
    expect(states(order)).toEqual(['b working', 'c waiting'])
    order.apply(enter('a'))
    expect(states(order)).toEqual(['b working', 'c waiting', 'a waiting'])
  })

  test('takes no slot in which a call goes on', () => {
    expect(states(fold(enter('a'), enter('b'), take('a'), take('b')))).toEqual(['a working', 'b waiting'])
  })

  test('gives the foreground a slot that rests in the background, at once', () => {
    const background = { background: true }
    expect([
      states(fold(enter('a', background), rest('a'), enter('b'))),
      states(fold(enter('a', background), enter('b'), rest('a'))),
      states(fold(enter('a', background), enter('b', background), rest('a'))),
      states(fold(enter('a'), enter('b', background), rest('a'))),
    ]).toEqual([['b working'], ['b working'], ['a resting', 'b waiting'], ['a resting', 'b waiting']])
  })

  test('ends a row of calls when another like it has waited for eight of them', () => {
    const row = Array.from({ length: 7 }, () => [rest('a'), enter('a')]).flat()
    const order = fold(enter('a'), rest('a'), enter('a'), enter('b'), ...row)
    expect(states(order)).toEqual(['a working', 'b waiting'])
    order.apply(rest('a'))
    expect(states(order)).toEqual(['b working'])
  })

  test('never ends a row of the foreground for the background', () => {
    const row = Array.from({ length: 20 }, () => [rest('a'), enter('a')]).flat()
    expect(states(fold(enter('a'), enter('b', { background: true }), ...row))).toEqual(['a working', 'b waiting'])
  })

  test('closes only where nobody is, and then nothing counts', () => {
    const open = fold(enter('a'), { type: 'close' }, enter('b'))
    const closed = fold(enter('a'), leave('a'), { type: 'close' }, enter('b'))
    expect([open.closed, states(open), closed.closed, states(closed)]).toEqual([
      false,
      ['a working', 'b waiting'],
      true,
      [],
    ])
  })
})

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const lines = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(ids, fc.boolean()).map(([id, background]) => enter(id, { background, slots: 2 })),
    },
    { weight: 2, arbitrary: ids.map(rest) },
    { weight: 1, arbitrary: ids.map(leave) },
    { weight: 1, arbitrary: ids.map(take) },
  ),
  { maxLength: 60 },
)

test('whatever comes: never more than the slots, nobody waits beside a free one, and the first goes first', () => {
  fc.assert(
    fc.property(lines, (all) => {
      const order = new SlotOrder()
      let waited: readonly string[] = []
      for (const line of all) {
        order.apply(line)
        const entries = order.entries()
        const held = entries.filter(({ state }) => state !== 'waiting')
        const waiting = entries.filter(({ state }) => state === 'waiting')
        const foreground = waiting.filter(({ background }) => !background)
        const queue = [...foreground, ...waiting.filter(({ background }) => background)].map(({ id }) => id)
        expect(held.length <= 2 && (held.length === 2 || queue.length === 0)).toBe(true)
        if (foreground.length > 0) expect(held.filter((one) => one.background && one.state === 'resting')).toEqual([])
        // Who began was at the head of those that waited; who is still there has kept its place among them.
        const began = waited.filter((id) => order.entry(id)?.state === 'working')
        const stayed = waited.filter((id) => queue.includes(id))
        expect(waited.filter((id) => order.entry(id))).toEqual([...began, ...stayed])
        expect(queue.filter((id) => waited.includes(id))).toEqual(stayed)
        waited = queue
      }
    }),
  )
})
