import { expect, test } from 'vitest'
import { emptyReport, spending } from '../../test-support/spending-samples.ts'
import { axisWords, chartWords, columnsOf, columnWords, total } from './chart-data.ts'

const now = { day: '2026-11-19', hour: 14 }
const november = {
  ...emptyReport('2026-11-01', '2026-11-30'),
  days: [
    {
      key: '2026-11-12',
      spending: spending({
        modelCalls: 40,
        inputTokens: 900_000,
        outputTokens: 100_000,
        estimatedTokens: 200_000,
        reportedMicroUsd: 5_940_000,
        estimatedMicroUsd: 610_000,
        unknownCalls: 9,
      }),
    },
    { key: '2026-11-19', spending: spending({ reportedMicroUsd: 3_180_000, inputTokens: 10 }) },
  ],
}

test('a month has a column for every day, with its parts apart', () => {
  const columns = columnsOf(november, 'month', 'dollars', now)
  expect(columns).toHaveLength(30)
  expect([columns[11], columns[18], columns[19]]).toEqual([
    {
      key: '2026-11-12',
      name: 'Thu 12 Nov',
      reported: 5_940_000,
      estimated: 610_000,
      unknownCalls: 9,
      used: true,
      when: 'past',
      tick: '',
    },
    {
      key: '2026-11-19',
      name: 'Thu 19 Nov',
      reported: 3_180_000,
      estimated: 0,
      unknownCalls: 0,
      used: true,
      when: 'now',
      tick: '19',
    },
    {
      key: '2026-11-20',
      name: 'Fri 20 Nov',
      reported: 0,
      estimated: 0,
      unknownCalls: 0,
      used: false,
      when: 'future',
      tick: '',
    },
  ])
  expect(columns.map(({ tick }) => tick).filter(Boolean)).toEqual(['1', '5', '10', '15', '19', '25', '30'])
})

test('tokens are apart by whether a server counted them, and unknown cost is no matter of theirs', () => {
  const { reported, estimated, unknownCalls } = columnsOf(november, 'month', 'tokens', now)[11] ?? {}
  expect({ reported, estimated, unknownCalls }).toEqual({ reported: 800_000, estimated: 200_000, unknownCalls: 0 })
})

test('a week has seven days, a day its hours', () => {
  const week = columnsOf(
    { ...november, query: { ...november.query, from: '2026-11-16', to: '2026-11-22' } },
    'week',
    'dollars',
    now,
  )
  expect(week.map(({ tick }) => tick)).toEqual(['Mon 16', 'Tue 17', 'Wed 18', 'Thu 19', 'Fri 20', 'Sat 21', 'Sun 22'])
  const today = {
    ...emptyReport('2026-11-19', '2026-11-19'),
    hours: [{ key: '09', spending: spending({ reportedMicroUsd: 500_000 }) }],
  }
  const hours = columnsOf(today, 'day', 'dollars', now)
  expect(hours.map(({ tick }) => tick).filter(Boolean)).toEqual(['00', '06', '12', '14', '18'])
  expect(hours.filter((hour) => total(hour) > 0).map(({ name, when }) => [name, when])).toEqual([
    ['09:00–10:00', 'past'],
  ])
  expect(hours.map(({ when }) => when).filter((when) => when === 'now')).toHaveLength(1)
})

test('a column says the same in words, and unknown is a word', () => {
  const columns = columnsOf(november, 'month', 'dollars', now)
  expect([10, 11, 18, 25].map((at) => columns[at] && columnWords(columns[at], 'dollars'))).toEqual([
    'Wed 11 Nov: nothing',
    'Thu 12 Nov: $6.55, $5.94 reported, $0.61 estimated, 9 calls of unknown cost',
    'Thu 19 Nov: $3.18, $3.18 reported',
    'Thu 26 Nov: still to come',
  ])
})

test('the whole chart is told in a title and a few sentences', () => {
  const words = (limit: number | null) =>
    chartWords({
      columns: columnsOf(november, 'month', 'dollars', now),
      report: november,
      range: 'month',
      measure: 'dollars',
      limit,
    })
  expect([words(10_000_000), words(5_000_000).description.includes('was reached on 1 day.')]).toEqual([
    {
      title: 'Spend per day in November',
      description:
        '2 days with calls, $9.73 in all. Highest on 12 November with $6.55. The cost of 9 calls is not known. ' +
        'The daily limit of $10 was never reached. The table view has each one.',
    },
    true,
  ])
  const empty = emptyReport('2026-11-16', '2026-11-22')
  expect(
    chartWords({
      columns: columnsOf(empty, 'week', 'tokens', now),
      report: empty,
      range: 'week',
      measure: 'tokens',
      limit: null,
    }),
  ).toEqual({ title: 'Tokens per day of 16–22 November 2026', description: 'Nothing was used.' })
})

test('the axis has round numbers', () => {
  expect([0, 4_000_000, 2_500_000, 500].map((value) => axisWords('dollars', value))).toEqual([
    '$0',
    '$4',
    '$2.50',
    '$0.0005',
  ])
  expect([0, 500_000, 1_000_000, 2_500_000].map((value) => axisWords('tokens', value))).toEqual([
    '0',
    '500k',
    '1 M',
    '2.5 M',
  ])
})
