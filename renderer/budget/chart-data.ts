import { counted } from '#shared/lib/counted.ts'
import type { DayKey, Spending, SpendingReport, SpendingRow } from '#shared/spending/spending.ts'
import { formatCount, formatDollars, formatRoundDollars } from '../lib/format.ts'
import { dayOfMonth, daysOf, longDay, monthName, type ReportRange, shortDay, spanTitle, weekdayOf } from './range.ts'
import { callsWords, totalTokens } from './spent.ts'

export type Measure = 'dollars' | 'tokens'

/** One day, or one hour, of the chart. Micro-dollars or tokens. */
export interface Column {
  key: string
  /** "Thu 12 Nov", "14:00–15:00". */
  name: string
  reported: number
  estimated: number
  /** Calls whose cost nobody knows; none where tokens are measured. */
  unknownCalls: number
  /** Of this day or hour there were calls. */
  used: boolean
  when: 'past' | 'now' | 'future'
  /** Below the axis; empty = nothing stands there. */
  tick: string
}

/** `hour` = the current one, 0 to 23. */
export interface Now {
  day: DayKey
  hour: number
}

/** Every hour of a day, or every day of a week or month, whether there is something in it or not. */
export function columnsOf(report: SpendingReport, range: ReportRange, measure: Measure, now: Now): Column[] {
  const { query } = report
  const rows = range === 'day' ? byKey(report.hours) : byKey(report.days)
  if (range === 'day') {
    return Array.from({ length: 24 }, (_, hour) => {
      const when = compare(query.from, now.day) || hour - now.hour
      return column(
        rows,
        pad(hour),
        `${pad(hour)}:00–${pad(hour + 1)}:00`,
        hourTick(hour, query.from === now.day ? now.hour : null),
        when,
        measure,
      )
    })
  }
  const days = daysOf(query)
  return days.map((day) => {
    const when = compare(day, now.day)
    const tick = range === 'week' ? `${weekdayOf(day)} ${dayOfMonth(day)}` : monthTick(day, days, now.day)
    return column(rows, day, shortDay(day), tick, when, measure)
  })
}

export function total({ reported, estimated }: Column): number {
  return reported + estimated
}

export function measured(measure: Measure, value: number): string {
  return measure === 'dollars' ? formatDollars(value) : formatCount(value)
}

/** An amount as it stands on the axis: "$4", "500k". */
export function axisWords(measure: Measure, value: number): string {
  if (measure === 'dollars') return value === 0 ? '$0' : formatRoundDollars(value)
  return formatCount(value)
    .replace(/\.0+ /, ' ')
    .replace(/(\.\d)0 /, '$1 ')
}

/** What the tooltip of a column says, in one sentence. */
export function columnWords(column: Column, measure: Measure): string {
  const { name, used, when, reported, estimated, unknownCalls } = column
  if (!used) return `${name}: ${when === 'future' ? 'still to come' : 'nothing'}`
  const parts = [
    `${measured(measure, reported)} reported`,
    ...(estimated > 0 ? [`${measured(measure, estimated)} estimated`] : []),
    ...(unknownCalls > 0 ? [`${callsWords(unknownCalls)} of unknown cost`] : []),
  ]
  return `${name}: ${measured(measure, total(column))}, ${parts.join(', ')}`
}

/** The whole chart in words. `limit` in the unit of the measure, that of a day. */
export function chartWords(input: {
  columns: readonly Column[]
  report: SpendingReport
  range: ReportRange
  measure: Measure
  limit: number | null
}): { title: string; description: string } {
  const { columns, report, range, measure, limit } = input
  const unit = range === 'day' ? 'hour' : 'day'
  const span = range === 'month' ? monthName(report.query.from) : spanTitle(range, report.query)
  const title = `${measure === 'dollars' ? 'Spend' : 'Tokens'} per ${unit} ${range === 'month' ? 'in' : 'of'} ${span}`
  const used = columns.filter((one) => one.used)
  if (used.length === 0) return { title, description: 'Nothing was used.' }
  const sum = used.reduce((all, one) => all + total(one), 0)
  const highest = used.reduce((best, one) => (total(one) > total(best) ? one : best))
  const unknown = used.reduce((all, one) => all + one.unknownCalls, 0)
  const sentences = [
    `${counted(used.length, unit)} with calls, ${measured(measure, sum)} in all.`,
    ...(sum > 0
      ? [
          `Highest ${range === 'day' ? `at ${highest.name}` : `on ${longDay(highest.key)}`} with ${measured(measure, total(highest))}.`,
        ]
      : []),
    ...(unknown > 0 ? [`The cost of ${callsWords(unknown)} is not known.`] : []),
    ...(limit !== null && range !== 'day' ? [limitWords(columns, measure, limit)] : []),
    'The table view has each one.',
  ]
  return { title, description: sentences.join(' ') }
}

function limitWords(columns: readonly Column[], measure: Measure, limit: number): string {
  const reached = columns.filter((one) => total(one) >= limit).length
  const times = reached === 0 ? 'was never reached' : `was reached on ${counted(reached, 'day')}`
  return `The daily limit of ${axisWords(measure, limit)} ${times}.`
}

function column(
  rows: ReadonlyMap<string, Spending>,
  key: string,
  name: string,
  tick: string,
  when: number,
  measure: Measure,
): Column {
  const spending = rows.get(key)
  const common = {
    key,
    name,
    tick,
    used: spending !== undefined,
    when: when < 0 ? ('past' as const) : when > 0 ? ('future' as const) : ('now' as const),
  }
  if (!spending) return { ...common, reported: 0, estimated: 0, unknownCalls: 0 }
  if (measure === 'dollars') {
    const { reportedMicroUsd, estimatedMicroUsd, unknownCalls } = spending
    return { ...common, reported: reportedMicroUsd, estimated: estimatedMicroUsd, unknownCalls }
  }
  const estimated = Math.min(spending.estimatedTokens, totalTokens(spending))
  return { ...common, reported: totalTokens(spending) - estimated, estimated, unknownCalls: 0 }
}

function byKey(rows: readonly SpendingRow[]): Map<string, Spending> {
  return new Map(rows.map(({ key, spending }) => [key, spending]))
}

/** The first, every fifth and the last day; today instead of whatever would touch it. */
function monthTick(day: DayKey, days: readonly DayKey[], today: DayKey): string {
  const number = dayOfMonth(day)
  if (day === today) return String(number)
  const nearToday = days.includes(today) && Math.abs(number - dayOfMonth(today)) < 2
  const last = days.length
  const stands = number === 1 || (number % 5 === 0 && last - number >= 2) || (number === last && last % 5 === 0)
  return stands && !nearToday ? String(number) : ''
}

/** `current` = null where the day is over. */
function hourTick(hour: number, current: number | null): string {
  if (hour === current) return pad(hour)
  return hour % 6 === 0 && (current === null || Math.abs(hour - current) > 1) ? pad(hour) : ''
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function pad(hour: number): string {
  return String(hour).padStart(2, '0')
}
