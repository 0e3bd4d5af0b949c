import type { ModelInfo } from '#shared/profile/profile.ts'

/** A model and what its server says of it: "small  8192 tokens  tools, thinking  $0.20 in, $0.80 out". */
export function modelWords(model: ModelInfo): string {
  const { id, contextWindow, maxOutputTokens, inputCostPerMillion, outputCostPerMillion, abilities = {} } = model
  const can = (['tools', 'vision', 'thinking'] as const).filter((name) => abilities[name])
  const cannot = abilities.tools === false ? ['no tools'] : []
  const priced = inputCostPerMillion !== null && outputCostPerMillion !== null
  return [
    id,
    contextWindow ? `${contextWindow} tokens` : '',
    maxOutputTokens ? `answers up to ${maxOutputTokens}` : '',
    [...can, ...cannot].join(', '),
    priced ? `$${price(inputCostPerMillion)} in, $${price(outputCostPerMillion)} out a million` : '',
  ]
    .filter((part) => part !== '')
    .join('  ')
}

/** At least two digits behind the point, and no more than say something. */
function price(usd: number): string {
  return usd.toFixed(Math.max(2, Math.min(6, (String(usd).split('.')[1] ?? '').length)))
}
