import { homedir } from 'node:os'
import { formatMicroUsd } from '#shared/lib/money.ts'
import type { Usage } from '#shared/spending/usage.ts'

/** `1,234 in (1,000 cached), 56 out, $0.0012`; says what is estimated, not known or free. */
export function usageWords(usage: Usage): string {
  const estimated = usage.source === 'estimated' ? 'about ' : ''
  const cached = usage.cachedInputTokens ? ` (${tokens(usage.cachedInputTokens)} cached)` : ''
  const about = usage.reasoningSource === 'estimated' && !estimated ? 'about ' : ''
  const reasoning = usage.reasoningTokens ? ` (${about}${tokens(usage.reasoningTokens)} reasoning)` : ''
  const counts = `${estimated}${tokens(usage.inputTokens)} in${cached}, ${tokens(usage.outputTokens)} out${reasoning}`
  return `${counts}, ${costWords(usage)}`
}

function costWords({ costMicroUsd, source }: Usage): string {
  if (costMicroUsd === null) return 'cost not known'
  if (costMicroUsd === 0) return 'free'
  return source === 'reported' ? formatMicroUsd(costMicroUsd) : `about ${formatMicroUsd(costMicroUsd)}`
}

/** `1,234 in, 56 out`. */
export function tokenWords({ inputTokens, outputTokens }: Usage): string {
  return inputTokens === null && outputTokens === null ? '' : `${tokens(inputTokens)} in, ${tokens(outputTokens)} out`
}

function tokens(count: number | null): string {
  return count === null ? '?' : String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `12s`, `3m 05s`, `1h 02m`. */
export function durationWords(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < 60) return `${seconds}s`
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`
  return `${Math.floor(seconds / 3600)}h ${two(Math.floor(seconds / 60) % 60)}m`
}

/** How long ago, in one unit: `now`, `5 min`, `3 h`, `2 days`. */
export function ageWords(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000)
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h`
  return `${Math.floor(hours / 24)} days`
}

/** `~` for the home folder. */
export function shortFolder(folder: string): string {
  const home = homedir()
  return folder === home || folder.startsWith(`${home}/`) ? `~${folder.slice(home.length)}` : folder
}
