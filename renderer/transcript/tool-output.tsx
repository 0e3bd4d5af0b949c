import { memo, useMemo } from 'react'
import { counted } from '#shared/lib/counted.ts'
import { limitMarks } from '../lib/stacked-marks.ts'
import { colourOutput, foldOutput, lastLines, splitOutput } from '../prose/output-lines.ts'
import { LeavingButton } from '../ui/leaving-button.tsx'
import { useFold } from './fold-store.ts'

/** What a tool said: first and last lines, and the rest in place when asked for. */
export const ToolOutput = memo(function ToolOutput(props: { id: string; name: string; output: string; live: boolean }) {
  const { output, live } = props
  const [whole, show] = useFold(`${props.id}/output`, false)
  const view = useMemo(() => {
    if (live) return { head: lastLines(output), hidden: 0, tail: [] }
    return whole ? { head: splitOutput(output), hidden: 0, tail: [] } : foldOutput(output)
  }, [output, live, whole])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also for those without a mouse
    <section className="output" tabIndex={0} aria-label={`Output of ${props.name}`}>
      <Lines lines={view.head} />
      {view.hidden > 0 && (
        <LeavingButton hands="around" className="more" onClick={show}>
          … {counted(view.hidden, 'more line')}
        </LeavingButton>
      )}
      <Lines lines={view.tail} />
    </section>
  )
})

function Lines(props: { lines: readonly string[] }) {
  if (props.lines.length === 0) return null
  return (
    <pre>
      {props.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of an output have no other name
        <OutputLine key={index} line={line} />
      ))}
    </pre>
  )
}

const OutputLine = memo(function OutputLine({ line }: { line: string }) {
  return (
    <>
      {colourOutput(limitMarks(line)).map(({ text, kind }, index) =>
        kind === '' ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line have no other name
          <span key={index} className={kind}>
            {text}
          </span>
        ),
      )}
      {'\n'}
    </>
  )
})
