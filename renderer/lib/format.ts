/** "14 s", "1 min 12 s", "1 h 4 min"; below ten seconds with a tenth where `fine`. */
export function formatDuration(milliseconds: number, fine = false): string {
  const seconds = milliseconds / 1000
  if (fine && seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** "0:42", "12:05". */
export function formatWait(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** "940", "9.8k", "86k", "1.2M". */
export function formatCount(count: number): string {
  if (count < 1000) return String(count)
  if (count < 10_000) return `${trimZero((count / 1000).toFixed(1))}k`
  if (count < 999_500) return `${Math.round(count / 1000)}k`
  return `${trimZero((count / 1_000_000).toFixed(1))}M`
}

/** "14:31" today, "Tue 14:31" within a week, "14 Nov 14:31" before. */
export function formatTime(at: number, now: number): string {
  const time = clock.format(at)
  if (new Date(at).toDateString() === new Date(now).toDateString()) return time
  return `${now - at < 6 * 24 * 3600_000 ? weekday.format(at) : day.format(at)} ${time}`
}

/** The last part of a folder's path: "parcel-api". */
export function folderName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path
}

function trimZero(text: string): string {
  return text.replace(/\.0$/, '')
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
