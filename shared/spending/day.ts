import type { DayKey } from './spending.ts'

/** The day of the person's own time zone. */
export function dayOf(at: number): DayKey {
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The month of a day, such as `2026-11`: the name of a ledger file. */
export function monthOf(day: DayKey): string {
  return day.slice(0, 7)
}

/** When the day after begins. Milliseconds since 1970. */
export function endOfDay(at: number): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime()
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
