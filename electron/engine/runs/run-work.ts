import type { FileDiff } from '#shared/approval/file-diff.ts'
import type { RunChanges, RunPlan } from '#shared/run/background.ts'
import { findPlan, planOf } from '#shared/session/plan.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { SessionView, TurnView } from '#shared/session/session-view.ts'

/**
 * The plan of a run's newest turn and all that it changed. Folded, because it is asked with every piece of an answer: a text
 * is read again only where it has a new line, and a plan that was found is kept.
 */
export class RunWork {
  plan: RunPlan | null = null
  /** How many items the newest turn had. */
  #items: number
  readonly #files = new Set<string>()
  #added = 0
  #removed = 0

  /** `goesOn`: the newest turn is of this run already. */
  constructor(turns: readonly TurnView[], goesOn: boolean) {
    const turn = turns.at(-1)
    this.#items = turn?.items.length ?? 0
    if (!turn || !goesOn) return
    this.#keep(planOf(turn))
    for (const item of turn.items) if (item.kind === 'tool' && item.state === 'done') this.#count(item.diff)
  }

  /** Folds an event of the session. `view`: that of the session, with the event in it. */
  apply(event: SessionEvent, view: SessionView): void {
    const turn = view.turns.at(-1)
    if (!turn) return
    if (event.type === 'turn-start') this.plan = null
    if (event.type === 'tool-end' && event.outcome === 'done') this.#count(event.diff)
    // What came after a text says that it is whole.
    const isNews = turn.items.length !== this.#items || event.type === 'turn-end'
    this.#items = turn.items.length
    if (isNews || (event.type === 'text-delta' && event.text.includes('\n'))) this.#read(turn)
  }

  /** What the run changed in files; null = nothing yet. */
  changes(): RunChanges | null {
    const files = this.#files.size
    return files > 0 ? { files, added: this.#added, removed: this.#removed } : null
  }

  #read({ items, end }: TurnView): void {
    const index = items.findLastIndex(({ kind }) => kind === 'text')
    const item = items[index]
    if (item?.kind === 'text') this.#keep(findPlan(item.text, index < items.length - 1 || end !== null))
  }

  #keep(plan: RunPlan | null): void {
    if (plan) this.plan = { done: plan.done, total: plan.total }
  }

  /** A file that was changed twice is one file. */
  #count(diff: FileDiff | undefined): void {
    if (!diff) return
    this.#files.add(diff.path)
    this.#added += diff.added
    this.#removed += diff.removed
  }
}
