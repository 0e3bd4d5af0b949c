/** Tokens of a text that no server counted: about four characters a token, in code and English alike. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4)
}
