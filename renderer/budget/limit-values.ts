import type { LimitName } from '#shared/limits/budget.ts'
import { limitAmount, limitWords } from '../lib/limits.ts'

/** What a person typed into the field of a limit: its value, or what is wrong in one sentence. */
export type Typed = { ok: true; value: number } | { ok: false; problem: string }

/** Beyond these nobody means it: a million dollars, a trillion of anything, a year. */
const most = { costUsd: 1e12, wallTime: 365 * 24 * 3600_000, other: 1e12 }

/** Reads what `fieldText` writes, and what people write instead: "60", "$60.00", "400k", "1.5 M", "90 min". */
export function readLimit(limit: LimitName, text: string): Typed {
  const given = text.trim()
  if (given === '') return { ok: false, problem: `Write ${example(limit)}.` }
  const value = limit === 'costUsd' ? readDollars(given) : limit === 'wallTime' ? readTime(given) : readCount(given)
  if (value === null) return { ok: false, problem: `This is no ${kind(limit)}. Write ${example(limit)}.` }
  if (value <= 0) return { ok: false, problem: 'Write more than 0, or remove the limit.' }
  const greatest = limit === 'costUsd' || limit === 'wallTime' ? most[limit] : most.other
  return value > greatest ? { ok: false, problem: `The most is ${limitAmount(limit, greatest)}.` } : { ok: true, value }
}

/** A limit as it stands in its field before somebody types. Money without its sign, which stands in front of the field. */
export function fieldText(limit: LimitName, value: number): string {
  if (limit === 'costUsd') return (value / 1e6).toFixed(value % 10_000 === 0 ? 2 : 6).replace(/(\.\d\d\d*?)0+$/, '$1')
  // A short word only where nothing is lost by it.
  const short = limitAmount(limit, value)
  const read = readLimit(limit, short)
  if (read.ok && read.value === value) return short
  return limit === 'wallTime' ? `${value / 1000} s` : value.toLocaleString('en-US')
}

/** A good next step for a limit that is reached: half as much again, more than is used, in two digits. */
export function raisedFrom(allowed: number, used: number): number {
  const wanted = Math.max(allowed * 1.5, used * 1.2, 1)
  const step = 10 ** Math.max(0, Math.floor(Math.log10(wanted)) - 1)
  return Math.ceil(wanted / step) * step
}

function readDollars(text: string): number | null {
  const amount = readNumber(text.replace(/^\$\s*|\s*(\$|usd|dollars?)$/gi, ''))
  return amount === null ? null : Math.round(amount * 1e6)
}

const magnitudes: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9 }

function readCount(text: string): number | null {
  const match = /^(.*?)\s*([kmb]?)(?:\s*(?:tokens|calls|turns))?$/i.exec(text)
  const amount = readNumber(match?.[1] ?? '')
  return amount === null ? null : Math.round(amount * (magnitudes[match?.[2]?.toLowerCase() ?? ''] ?? 1))
}

const seconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 }

/** "2 h", "1 h 30 min", "45 s"; a bare number is minutes. */
function readTime(text: string): number | null {
  const bare = readNumber(text)
  if (bare !== null) return Math.round(bare * 60_000)
  const parts = [...text.matchAll(/([\d.,]+)\s*(h|m|s)[a-z]*\s*/gi)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return null
  let sum = 0
  for (const [, amount, unit] of parts) {
    const read = readNumber(amount ?? '')
    if (read === null) return null
    sum += read * (seconds[unit?.toLowerCase() ?? ''] ?? 0) * 1000
  }
  return Math.round(sum)
}

/** Commas between thousands are left out; a single one that is followed by other than three digits is a decimal one. */
function readNumber(text: string): number | null {
  const plain = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text.replace(',', '.')
  return /^(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null
}

function kind(limit: LimitName): string {
  return limit === 'costUsd'
    ? 'amount of money'
    : limit === 'wallTime'
      ? 'length of time'
      : `number of ${limitWords[limit]}`
}

function example(limit: LimitName): string {
  if (limit === 'costUsd') return 'an amount such as 60.00'
  if (limit === 'wallTime') return 'a time such as 2 h or 90 min'
  return /Tokens$/.test(limit) ? 'a number such as 400k or 1.5 M' : 'a number such as 50'
}
