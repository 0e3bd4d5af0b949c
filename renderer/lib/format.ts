import type { MicroUsd } from '#shared/lib/money.ts'

/** "14 s", "1 min 12 s", "1 h 4 min"; below ten seconds with a tenth where `fine`. */
export function formatDuration(milliseconds: number, fine = false): string {
  const seconds = milliseconds / 1000
  if (fine && seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** A duration in the unit that people count in: "12 s", "7 min", "2 h 5 min". */
export function roughDuration(milliseconds: number): string {
  if (milliseconds < 60_000) return formatDuration(Math.max(0, milliseconds))
  if (milliseconds < 3_600_000) return `${Math.floor(milliseconds / 60_000)} min`
  return formatDuration(milliseconds).replace(/ 0 min$/, '')
}

/** How long there still is; a minute that has begun counts: "30 min", "42 s". */
export function formatTimeLeft(milliseconds: number): string {
  return roughDuration(milliseconds <= 60_000 ? milliseconds : Math.ceil(milliseconds / 60_000) * 60_000)
}

/** "0:42", "12:05". */
export function formatWait(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** "940", "9.8k", "86k", "1.84 M", "38.6 M", "1.20 B": never more than three digits that count. */
export function formatCount(count: number): string {
  if (count < 1000) return String(count)
  if (count < 9_950) return `${trimZero((count / 1000).toFixed(1))}k`
  if (count < 999_500) return `${Math.round(count / 1000)}k`
  return count < 999_500_000 ? `${threeDigits(count / 1e6)} M` : `${threeDigits(count / 1e9)} B`
}

/** A whole number as it is: "400,112". */
export function formatWhole(count: number): string {
  return whole.format(count)
}

/** "$3.18", "$1,234.00"; below ten cents four places where they count, below a tenth of a cent two digits: "$0.00046". */
export function formatDollars(amount: MicroUsd): string {
  const usd = amount / 1e6
  if (usd >= 0.0995 || amount === 0) return `$${cents.format(usd)}`
  const places = usd >= 0.001 ? 4 : 1 - Math.floor(Math.log10(usd))
  return `$${usd.toFixed(Math.min(places, 6)).replace(/(\.\d\d\d*?)0+$/, '$1')}`
}

/** Money as a person names a limit: "$10", "$2.50". */
export function formatRoundDollars(amount: MicroUsd): string {
  return formatDollars(amount).replace(/\.00$/, '')
}

/** "14:31" today, "Tue 14:31" within a week, "14 Nov 14:31" before. */
export function formatTime(at: number, now: number): string {
  const time = clock.format(at)
  if (new Date(at).toDateString() === new Date(now).toDateString()) return time
  return `${now - at < 6 * 24 * 3600_000 ? weekday.format(at) : day.format(at)} ${time}`
}

/** "14:31:05", for a log. */
export function formatClock(at: number): string {
  return clockWithSeconds.format(at)
}

/** The last part of a folder's path: "parcel-api". */
export function folderName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path
}

function threeDigits(value: number): string {
  return value >= 999.5 ? whole.format(value) : value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
}

function trimZero(text: string): string {
  return text.replace(/\.0$/, '')
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const clockWithSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
