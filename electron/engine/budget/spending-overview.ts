import { FailureError } from '#shared/failure.ts'
import { LimitName, type Standing } from '#shared/limits/budget.ts'
import { dayOf, monthOf } from '#shared/spending/day.ts'
import type { SpendingQuery, SpendingReport, SpendingState } from '#shared/spending/spending.ts'
import { saveFile } from '../lib/atomic-file.ts'
import type { Clock } from '../lib/clock.ts'
import { saveFailure } from '../lib/storage-failure.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import { type CostTotal, CostTracker } from './cost-tracker.ts'
import { exportText } from './export.ts'
import type { Ledger } from './ledger.ts'
import type { SpendLine } from './ledger-line.ts'
import { type LimitChange, withLimit } from './limit-rules.ts'
import { makeReport, readRange } from './report.ts'

export interface SpendingOverviewOptions {
  ledger: Ledger
  settings: SettingsStore
  clock: Clock
  /** undefined = there is no such session. */
  titleOf(sessionId: string): string | undefined
}

/** What a person sees of all spending, and the limits on it that are set in the settings: the page *Budgets*, `claw budget`. */
export class SpendingOverview {
  readonly #options: SpendingOverviewOptions

  constructor(options: SpendingOverviewOptions) {
    this.#options = options
  }

  /** The spending of today and of the month, as far as the ledger was read; `onChange` tells of more. */
  state(): SpendingState {
    const { ledger, settings, clock } = this.#options
    const day = dayOf(clock.now())
    const fold = ledger.fold()
    const period = { day, month: monthOf(day) }
    const limits = settings.get().limits.flatMap((rule) =>
      LimitName.options.flatMap((name): Standing[] => {
        const allowed = rule.limits[name]
        if (allowed === undefined) return []
        const { scope, profileId } = rule
        const used = scope === 'day' || scope === 'month' ? fold.used(name, period[scope], profileId) : null
        return [{ name, allowed, scope, profileId, setBy: { kind: 'settings', profileId }, used }]
      }),
    )
    const { revision } = fold
    return { day, today: fold.spending(day), month: fold.spending(period.month), limits, revision }
  }

  /** Whenever spending or a limit changed, once the ledger is watched. */
  onChange(listener: () => void): Unsubscribe {
    const stops = [this.#options.ledger.onChange(listener), this.#options.settings.onChange(listener)]
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** The spending of today and of the month, with all that is written by now. `FailureError` `storage`. */
  async current(): Promise<SpendingState> {
    await this.#options.ledger.current()
    return this.state()
  }

  /** Totals of a range by what it was for. `FailureError` `storage`. */
  async totals(query: SpendingQuery): Promise<CostTotal[]> {
    const tracker = new CostTracker()
    await readRange(this.#options.ledger.files, query, (line) => tracker.add(line))
    return tracker.totals()
  }

  /** The report of a range of days. `FailureError` `storage`. */
  async report(query: SpendingQuery): Promise<SpendingReport> {
    const { ledger, titleOf } = this.#options
    const { revision } = await ledger.current()
    return makeReport(query, { files: ledger.files, revision, titleOf })
  }

  /** Sets, changes or removes one limit of the settings. `FailureError` `storage`. */
  setLimit(change: LimitChange): Promise<void> {
    return this.#options.settings.update((current) => ({ ...current, limits: withLimit(current.limits, change) }))
  }

  /** Writes every call of the range. `FailureError` `storage`. */
  async exportTo(path: string, query: SpendingQuery, format: 'csv' | 'json'): Promise<void> {
    const text = await this.exported(query, format)
    await saveFile(path, text).catch((error: unknown) => {
      throw new FailureError(saveFailure(path, error), { cause: error })
    })
  }

  /** Every call of the range as the text of a file. `FailureError` `storage`. */
  async exported(query: SpendingQuery, format: 'csv' | 'json'): Promise<string> {
    const lines: SpendLine[] = []
    await readRange(this.#options.ledger.files, query, (line) => lines.push(line))
    return exportText(lines, format)
  }
}
