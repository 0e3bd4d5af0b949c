import type { DayKey } from '#shared/spending/spending.ts'
import { axisWords, type Column, type Measure, total } from './chart-data.ts'
import { addDays, plainDay } from './range.ts'

/** So many days must have gone by before a pace can be told. */
const ENOUGH_DAYS = 3

/**
 * Where the month goes if it goes on as until today: "At this pace the month ends at about $82. The limit of $60 is
 * reached on 22 Nov." null = it is over, or too young, or nothing was used. `columns` are the days of the month, `limit`
 * that of the month in the unit of the measure.
 */
export function forecast(input: {
  columns: readonly Column[]
  measure: Measure
  today: DayKey
  limit: number | null
}): string | null {
  const { columns, measure, today, limit } = input
  const passed = columns.findIndex(({ when }) => when === 'now') + 1
  if (passed < ENOUGH_DAYS || passed === columns.length) return null
  const used = columns.reduce((sum, column) => sum + total(column), 0)
  if (used === 0) return null
  const pace = used / passed
  const end = `At this pace the month ends at about ${about(measure, pace * columns.length)}.`
  if (limit === null) return end
  const words = axisWords(measure, limit)
  if (used >= limit) return `${end} The limit of ${words} is reached.`
  const days = Math.round((limit - used) / pace)
  if (passed + days > columns.length) return `${end} That is within the limit of ${words}.`
  return `${end} The limit of ${words} is reached ${days === 0 ? 'today' : `on ${plainDay(addDays(today, days))}`}.`
}

/** A forecast has no cents where it has tens of dollars. */
function about(measure: Measure, value: number): string {
  if (measure === 'tokens') return `${axisWords(measure, value)} tokens`
  return axisWords(measure, value >= 10_000_000 ? Math.round(value / 1e6) * 1e6 : value)
}
