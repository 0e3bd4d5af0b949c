import type { DayKey, SpendingQuery } from '#shared/spending/spending.ts'

/** How much time the page shows; columns are the hours of a day, and the days of a week or a month. */
export type ReportRange = 'day' | 'week' | 'month'

type Span = Pick<SpendingQuery, 'from' | 'to'>

/** The whole day, week (from Monday) or month that `day` is in. */
export function spanOf(range: ReportRange, day: DayKey): Span {
  if (range === 'day') return { from: day, to: day }
  if (range === 'week') {
    const from = addDays(day, -((dateOf(day).getUTCDay() + 6) % 7))
    return { from, to: addDays(from, 6) }
  }
  const from: DayKey = `${day.slice(0, 7)}-01`
  return { from, to: addDays(nextMonth(from), -1) }
}

/** A day of the span before (-1) or after (1) the one that `day` is in. */
export function stepTo(range: ReportRange, day: DayKey, step: 1 | -1): DayKey {
  const { from, to } = spanOf(range, day)
  return step === 1 ? addDays(to, 1) : addDays(from, -1)
}

/** "Thu 26 November 2026", "23–29 November 2026", "November 2026". */
export function spanTitle(range: ReportRange, { from, to }: Span): string {
  if (range === 'day') return `${format(from, weekday)} ${format(from, dayMonthYear)}`
  if (range === 'month') return format(from, monthYear)
  const first =
    from.slice(0, 7) === to.slice(0, 7)
      ? String(dayOfMonth(from))
      : format(from, from.slice(0, 4) === to.slice(0, 4) ? dayMonth : dayMonthYear)
  return `${first}–${format(to, dayMonthYear)}`
}

/** Both ends included. */
export function daysOf({ from, to }: Span): DayKey[] {
  const days: DayKey[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}

export function addDays(day: DayKey, count: number): DayKey {
  const date = dateOf(day)
  date.setUTCDate(date.getUTCDate() + count)
  return date.toISOString().slice(0, 10)
}

export function dayOfMonth(day: DayKey): number {
  return Number(day.slice(8))
}

/** "Thu 12 Nov". */
export function shortDay(day: DayKey): string {
  return `${format(day, weekday)} ${format(day, shortDayMonth)}`
}

/** "12 November". */
export function longDay(day: DayKey): string {
  return format(day, dayMonth)
}

/** "22 Nov". */
export function plainDay(day: DayKey): string {
  return format(day, shortDayMonth)
}

export function weekdayOf(day: DayKey): string {
  return format(day, weekday)
}

/** "November". */
export function monthName(day: DayKey): string {
  return format(day, month)
}

function nextMonth(firstOfMonth: DayKey): DayKey {
  return `${addDays(firstOfMonth, 31).slice(0, 7)}-01`
}

/** Days are counted in UTC, where each has 24 hours; whose day it is was settled when it got its key. */
function dateOf(day: DayKey): Date {
  return new Date(`${day}T00:00:00Z`)
}

function format(day: DayKey, by: Intl.DateTimeFormat): string {
  return by.format(dateOf(day))
}

function formatter(parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', { ...parts, timeZone: 'UTC' })
}

const weekday = formatter({ weekday: 'short' })
const month = formatter({ month: 'long' })
const monthYear = formatter({ month: 'long', year: 'numeric' })
const dayMonth = formatter({ day: 'numeric', month: 'long' })
const shortDayMonth = formatter({ day: 'numeric', month: 'short' })
const dayMonthYear = formatter({ day: 'numeric', month: 'long', year: 'numeric' })
