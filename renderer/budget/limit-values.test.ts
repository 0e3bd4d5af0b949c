import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldText, raisedFrom, readLimit } from './limit-values.ts'

const values = (limit: Parameters<typeof readLimit>[0], texts: string[]) =>
  texts.map((text) => {
    const read = readLimit(limit, text)
    return read.ok ? read.value : read.problem
  })

test('money is read as people write it', () => {
  expect(values('costUsd', ['60', '60.00', '$60', '$ 0.25', '1,234.50', '60,5', '0.000001', '12 USD'])).toEqual([
    60_000_000, 60_000_000, 60_000_000, 250_000, 1_234_500_000, 60_500_000, 1, 12_000_000,
  ])
})

test('counts may be short', () => {
  expect(values('totalTokens', ['400000', '400,000', '400k', '1 M', '1.5M', '2b', '50 tokens'])).toEqual([
    400_000, 400_000, 400_000, 1_000_000, 1_500_000, 2_000_000_000, 50,
  ])
  expect(values('toolCalls', ['50', '1k'])).toEqual([50, 1000])
})

test('times have units, a bare number is minutes', () => {
  expect(values('wallTime', ['2 h', '1 h 30 min', '90 min', '45s', '1h30m', '90', '1.5 h'])).toEqual([
    7_200_000, 5_400_000, 5_400_000, 45_000, 5_400_000, 5_400_000, 5_400_000,
  ])
})

test('what is no limit is refused in a sentence that says what to write', () => {
  expect([
    ...values('costUsd', ['', 'ten', '0', '-5', '1e9', '2,000,000']),
    ...values('totalTokens', ['many', '0.2', '9999b']),
    ...values('wallTime', ['soon', '2 h and more']),
  ]).toEqual([
    'Write an amount such as 60.00.',
    'This is no amount of money. Write an amount such as 60.00.',
    'Write more than 0, or remove the limit.',
    'This is no amount of money. Write an amount such as 60.00.',
    'This is no amount of money. Write an amount such as 60.00.',
    'The most is $1,000,000.',
    'This is no number of tokens. Write a number such as 400k or 1.5 M.',
    'Write more than 0, or remove the limit.',
    'The most is 1,000 B.',
    'This is no length of time. Write a time such as 2 h or 90 min.',
    'This is no length of time. Write a time such as 2 h or 90 min.',
  ])
})

test('what stands in a field is read back as the same limit', () => {
  const kept = fc.oneof(
    fc.record({ limit: fc.constant('costUsd' as const), value: fc.integer({ min: 1, max: 1e12 }) }),
    fc.record({ limit: fc.constant('wallTime' as const), value: fc.integer({ min: 1, max: 31_536_000_000 }) }),
    fc.record({ limit: fc.constant('totalTokens' as const), value: fc.integer({ min: 1, max: 1e12 }) }),
  )
  fc.assert(
    fc.property(kept, ({ limit, value }) => {
      expect(readLimit(limit, fieldText(limit, value))).toEqual({ ok: true, value })
    }),
  )
  expect([
    fieldText('costUsd', 60_000_000),
    fieldText('costUsd', 1_234),
    fieldText('totalTokens', 400_000),
    fieldText('totalTokens', 1_000_000),
    fieldText('totalTokens', 400_112),
    fieldText('wallTime', 7_200_000),
    fieldText('wallTime', 1_500),
  ]).toEqual(['60.00', '0.001234', '400k', '1 M', '400,112', '2 h', '1.5 s'])
})

test('raising proposes half as much again, and always more than is used', () => {
  expect([
    raisedFrom(400_000, 400_112),
    raisedFrom(60_000_000, 60_100_000),
    raisedFrom(10, 10),
    raisedFrom(1, 1),
    raisedFrom(100, 900),
  ]).toEqual([600_000, 90_000_000, 15, 2, 1100])
})
