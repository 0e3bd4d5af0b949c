import type { SessionView, TextItem, ToolItem } from '#shared/session/session-view.ts'
import { Prose } from '../prose/prose.tsx'
import { useView } from '../stores/shown-chat.ts'
import { ToolGroup } from '../transcript/tool-group.tsx'

const STEPS = 5
const noSteps: readonly ToolItem[] = []

/** The newest calls of the run, and what it said last. */
export function LastSteps(props: { onAll: () => void }) {
  const turn = useView((view) => view.turns.at(-1) ?? null)
  const count = useView(countSteps) ?? 0
  const tools = turn?.items.filter((item): item is ToolItem => item.kind === 'tool') ?? noSteps
  const last = turn?.items.findLast((item): item is TextItem => item.kind === 'text')
  const words = last && last.text.trim() !== '' ? last : null
  return (
    <>
      {tools.length > 0 && (
        <section className="stack g2" aria-labelledby="run-steps">
          <div className="row">
            <h3 id="run-steps" className="med">
              Last steps
            </h3>
            <button type="button" className="link xs end run-all" onClick={props.onAll}>
              {count === 1 ? 'The whole chat' : `All ${count} steps`}
            </button>
          </div>
          <ToolGroup tools={tools.slice(-STEPS)} lastCommand={null} brief />
        </section>
      )}
      {words && (
        <section className="stack g2" aria-labelledby="run-answer">
          <h3 id="run-answer" className="med">
            {turn?.end ? 'Answer' : 'Latest answer'}
          </h3>
          <Prose item={words} />
        </section>
      )}
    </>
  )
}

function countSteps(view: SessionView): number {
  return view.turns.reduce((sum, { items }) => sum + items.filter(({ kind }) => kind === 'tool').length, 0)
}
