import type { Usage } from '#shared/spending/usage.ts'

export type JsonUsage = Pick<
  Usage,
  'inputTokens' | 'outputTokens' | 'cachedInputTokens' | 'reasoningTokens' | 'costMicroUsd' | 'source'
>

/** Usage as `--json` prints it: what the server counted, and `source` for the whole; an estimate of a part is none. */
export function jsonUsage(usage: JsonUsage & Pick<Usage, 'reasoningSource'>): JsonUsage {
  const { inputTokens, outputTokens, cachedInputTokens, costMicroUsd, source } = usage
  const reasoningTokens = usage.reasoningSource === 'estimated' ? null : usage.reasoningTokens
  return { inputTokens, outputTokens, cachedInputTokens, reasoningTokens, costMicroUsd, source }
}
