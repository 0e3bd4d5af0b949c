import { FailureError } from '#shared/failure.ts'
import type { Profile } from '#shared/profile.ts'
import type { Usage } from '#shared/usage.ts'
import type { Ledger, NewSpend } from './ledger.ts'
import { savedByCache } from './price.ts'

export interface TurnSpendingOptions {
  ledger: Pick<Ledger, 'spend'>
  /** Of the run, its session and its folder. */
  identity: Pick<NewSpend, 'run' | 'session' | 'cwd'>
  now(): number
  /** The line could not be written; it is kept and goes with the next one. */
  onFailure(error: FailureError): void
}

/** Writes down what a turn spends. */
export class TurnSpending {
  readonly #options: TurnSpendingOptions
  #tools: Record<string, number> = {}
  #since: number

  constructor(options: TurnSpendingOptions) {
    this.#options = options
    this.#since = options.now()
  }

  /** A tool ran; it is written with the next call of the model. */
  tool(name: string): void {
    this.#tools[name] = (this.#tools[name] ?? 0) + 1
  }

  /** Never rejects for what the disk does. */
  async call(label: 'answer' | 'summary', profile: Profile, usage: Usage): Promise<void> {
    const { ledger, identity, now, onFailure } = this.#options
    const tools = this.#tools
    this.#tools = {}
    const at = now()
    const ms = Math.max(0, Math.round(at - this.#since))
    this.#since = at
    try {
      await ledger.spend({
        ...identity,
        profile: profile.id,
        profileName: profile.name,
        kind: profile.kind,
        model: profile.model,
        label,
        input: usage.inputTokens,
        cached: usage.cachedInputTokens,
        output: usage.outputTokens,
        reasoning: usage.reasoningTokens,
        counted: usage.source,
        cost: usage.costMicroUsd,
        costSource: usage.costSource ?? 'unknown',
        saved: savedByCache(usage, profile),
        tools,
        ms,
      })
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      onFailure(error)
    }
  }
}
