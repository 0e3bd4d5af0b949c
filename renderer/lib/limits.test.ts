import { expect, test } from 'vitest'
import { exactAmount, limitAmount, unitWord, usedAmount } from './limits.ts'

test('what is used is exact or short, what is set reads as a person set it', () => {
  const rows = [
    ['totalTokens', 400_112],
    ['totalTokens', 5_000_000],
    ['totalTokens', 2_500_000],
    ['costUsd', 10_000_000],
    ['costUsd', 2_012_300],
    ['wallTime', 7_200_000],
    ['wallTime', 60_400],
    ['wallTime', 1_500],
    ['costUsd', 8_099],
    ['toolCalls', 12],
    ['toolCalls', 1],
    ['outputTokens', 1],
  ] as const
  expect(
    rows.map(([limit, value]) => [
      exactAmount(limit, value) + unitWord(limit, value),
      usedAmount(limit, value),
      limitAmount(limit, value),
    ]),
  ).toEqual([
    ['400,112 tokens', '400k', '400k'],
    ['5,000,000 tokens', '5.00 M', '5 M'],
    ['2,500,000 tokens', '2.50 M', '2.5 M'],
    ['$10.00', '$10.00', '$10'],
    ['$2.01', '$2.01', '$2.01'],
    ['2 h', '2 h', '2 h'],
    ['1 min', '1 min', '1 min'],
    ['1.5 s', '1.5 s', '1.5 s'],
    ['$0.008099', '$0.0081', '$0.0081'],
    ['12 tool calls', '12', '12'],
    ['1 tool call', '1', '1'],
    ['1 token written', '1', '1'],
  ])
})
