const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayMonthYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/**
 * How long ago, in the few letters that a session row has: "now", "18 m", "2 h", "Tue", "14 Nov", "14 Nov 2024".
 * Hours go on to midnight or for twelve hours, whichever is later; weekdays for six days, so that no day is said twice.
 */
export function formatAge(now: number, at: number): string {
  const passed = Math.max(0, now - at)
  if (passed < MINUTE) return 'now'
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} m`
  if (passed < 12 * HOUR || startOfDay(now) === startOfDay(at)) return `${Math.floor(passed / HOUR)} h`
  // Rounded: a day with a clock change has 23 or 25 hours.
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY)
  if (days <= 6) return weekday.format(at)
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? dayAndMonth.format(at) : dayMonthYear.format(at)
}

/** An age for screen readers, who would take "18 m" for metres. */
export function spokenAge(now: number, at: number): string {
  const age = formatAge(now, at)
  const [count, unit] = age.split(' ')
  if (unit === 'm') return `${count} ${count === '1' ? 'minute' : 'minutes'} ago`
  if (unit === 'h') return `${count} ${count === '1' ? 'hour' : 'hours'} ago`
  return age === 'now' ? 'just now' : age
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}
