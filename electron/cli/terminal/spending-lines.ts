import { groupedCount } from '#shared/lib/counted.ts'
import { formatMicroUsd } from '#shared/lib/money.ts'
import type { Standing } from '#shared/limits/budget.ts'
import { amountWords, scopeWords } from '#shared/limits/limit-words.ts'
import type { Spending, SpendingRow } from '#shared/spending/spending.ts'
import type { Output } from './output.ts'
import { type Column, tableLines } from './table.ts'
import { shortFolder } from './words.ts'

/** `12 model calls, 1,234 in (200 cached), 56 out, $0.02`. */
export function spendingWords(spending: Spending): string {
  const { modelCalls, inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = spending
  if (modelCalls === 0) return 'nothing'
  const cached = cachedInputTokens > 0 ? ` (${groupedCount(cachedInputTokens)} cached)` : ''
  const reasoning = reasoningTokens > 0 ? ` (${groupedCount(reasoningTokens)} reasoning)` : ''
  return [
    amountWords('modelCalls', modelCalls),
    `${groupedCount(inputTokens)} in${cached}`,
    `${groupedCount(outputTokens)} out${reasoning}`,
    costWords(spending),
  ].join(', ')
}

/** Money apart by how it is known; what nobody knows is never $0. */
export function costWords(spending: Spending): string {
  const { reportedMicroUsd, estimatedMicroUsd, unknownCalls, modelCalls } = spending
  const parts = [
    ...(reportedMicroUsd > 0 ? [formatMicroUsd(reportedMicroUsd)] : []),
    ...(estimatedMicroUsd > 0 ? [`about ${formatMicroUsd(estimatedMicroUsd)}`] : []),
  ]
  const known = parts.join(' and ') || (unknownCalls === modelCalls ? '' : 'free')
  if (unknownCalls === 0) return known || 'free'
  return known ? `${known}, cost of ${groupedCount(unknownCalls)} not known` : 'cost not known'
}

const limitColumns: readonly Column[] = [
  { heading: 'for', least: 8 },
  { heading: 'of', least: 8 },
  { heading: 'limit' },
  { heading: 'used', least: 10 },
  { heading: '', right: true },
]

const countColumns: readonly Column[] = [
  { heading: 'calls', right: true },
  { heading: 'in', right: true },
  { heading: 'out', right: true },
  { heading: 'cost', least: 6 },
]

export function limitTable(
  output: Output,
  limits: readonly Standing[],
  nameOf: (profileId: string) => string,
): string[] {
  const rows = limits.map(({ name, allowed, scope, profileId, used }) => [
    scopeWords[scope],
    profileId === null ? 'everything' : nameOf(profileId),
    amountWords(name, allowed),
    used === null ? '' : `${amountWords(name, used)} used`,
    used === null || allowed === 0 ? '' : `${Math.floor((used / allowed) * 100)}%`,
  ])
  return tableLines(output, limitColumns, rows)
}

export function rowTable(output: Output, by: string, rows: readonly SpendingRow[]): string[] {
  const cells = rows.map((row) => [
    rowName(row),
    groupedCount(row.spending.modelCalls),
    groupedCount(row.spending.inputTokens),
    groupedCount(row.spending.outputTokens),
    costWords(row.spending),
  ])
  const columns = [{ heading: by, least: 12 }, ...countColumns]
  return tableLines(output, columns, cells)
}

function rowName({ key, title, model, profileName, sessionId, cwd }: SpendingRow): string {
  if (sessionId) return `${sessionId} ${title ?? '(removed)'}`
  if (model) return `${model}, ${profileName ?? ''}`
  return profileName ?? (cwd === undefined ? key : shortFolder(cwd))
}
