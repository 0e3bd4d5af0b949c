/** For one run: what flags of the terminal change about a saved profile. */
export interface ProfileOverrides {
  model?: string
  baseUrl?: string
  temperature?: number
  inputCostPerMillion?: number
  outputCostPerMillion?: number
}
