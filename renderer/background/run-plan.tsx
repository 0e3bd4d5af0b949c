import { Circle, CircleCheck } from 'lucide-react'
import { useMemo } from 'react'
import type { RunState } from '#shared/run/run-words.ts'
import { planOf } from '#shared/session/plan.ts'
import { useView } from '../stores/shown-chat.ts'
import { Icon } from '../ui/icon.tsx'
import { RunGlyph } from './run-glyph.tsx'

/** Where the run is at work on a step, or held up in it. */
const going: ReadonlySet<RunState> = new Set(['running', 'waiting', 'queued', 'paused'])

/** The checklist that the model wrote in its newest turn. */
export function RunPlan({ state }: { state: RunState }) {
  const turn = useView((view) => view.turns.at(-1) ?? null)
  const plan = useMemo(() => turn && planOf(turn), [turn])
  if (!plan) return null
  const { done, total, steps } = plan
  const now = going.has(state) ? steps.findIndex((step) => !step.done) : -1
  return (
    <section className="stack g2" aria-labelledby="run-plan">
      <div className="row">
        <h3 id="run-plan" className="med">
          Plan
        </h3>
        <span className="xs ink3 end">
          {done} of {total} done
        </span>
      </div>
      <ul className="run-plan">
        {steps.map((step, index) => {
          const key = index
          return (
            <li key={key} className={step.done ? 'done' : index === now ? 'at-work' : 'to-do'}>
              <span className="run-glyph">
                {step.done ? (
                  <Icon of={CircleCheck} label="done:" />
                ) : index === now ? (
                  <RunGlyph state={state} />
                ) : (
                  <Icon of={Circle} label="to do:" />
                )}
              </span>
              <span>{step.text}</span>
            </li>
          )
        })}
        {total > steps.length && <li className="to-do">and {total - steps.length} more</li>}
      </ul>
    </section>
  )
}
