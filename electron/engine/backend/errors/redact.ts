import { beginningOf } from '#shared/lib/whole-characters.ts'

/** How much of a server's words is kept, in characters. */
const KEPT = 300

/** A server's words fit to be shown and logged: without keys, on one line, cut. `key` is removed wherever it stands. */
export function redact(text: string, key: string | null = null): string {
  const withoutKey = key && key.length >= 4 ? text.replaceAll(key, '[key]') : text
  const clean = withoutKey
    .replace(/\b(sk|pk|key|hf|gsk|xai)[-_][A-Za-z0-9*_.-]{6,}/g, '[key]')
    .replace(/\b(bearer|basic)\s+[^\s"',;]{4,}/gi, '$1 [key]')
    .replace(/\b(api[-_ ]?key|token)(["']?\s*[:=]\s*["']?)[^\s"',;]{6,}/gi, '$1$2[key]')
    .replace(/\s+/g, ' ')
    .trim()
  return clean.length <= KEPT ? clean : `${beginningOf(clean, KEPT - 1)}…`
}
