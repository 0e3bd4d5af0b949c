import type { SessionView, ToolItem, TurnView } from '#shared/session/session-view.ts'

/** Calls of the newest turn that have no end, in the order in which they began. */
export function openCalls({ turns }: SessionView): ToolItem[] {
  return (turns.at(-1)?.items ?? []).filter(
    (item): item is ToolItem => item.kind === 'tool' && (item.state === 'running' || item.state === 'waiting'),
  )
}

/** Whether a tool is at work, and not only asked for. */
export function runsTool(view: SessionView): boolean {
  return openCalls(view).some(({ state }) => state === 'running')
}

/** Whether a turn that nobody ended only waits for a person: nothing was in work that could be half done. */
export function waitsForAnswer(view: SessionView): boolean {
  return isOpen(view.turns.at(-1)) && view.approvals.length > 0 && !runsTool(view)
}

function isOpen(turn: TurnView | undefined): boolean {
  return turn !== undefined && turn.end === null
}
