import { useEffect, useMemo, useRef } from 'react'
import { VList, type VListHandle } from 'virtua'
import { formatClock } from '../lib/format.ts'
import { useView } from '../stores/shown-chat.ts'
import { type LogLine, logLines } from './log-lines.ts'

const noLines: readonly LogLine[] = []
/** Pixels from its end that still count as the end. */
const NEAR = 24

/** The journal as lines. Follows its end, unless a person reads further up. */
export function RunLog() {
  const view = useView((whole) => whole)
  const lines = useMemo(() => (view ? logLines(view) : noLines), [view])
  const list = useRef<VListHandle>(null)
  const atEnd = useRef(true)
  const count = lines.length
  useEffect(() => {
    if (atEnd.current && count > 0) list.current?.scrollToIndex(count - 1, { align: 'end' })
  }, [count])
  return (
    <section className="run-log mono" aria-label="Log">
      <VList
        ref={list}
        // It scrolls, also for those without a mouse.
        tabIndex={0}
        className="run-log-lines"
        onScroll={(offset) => {
          const { scrollSize = 0, viewportSize = 0 } = list.current ?? {}
          atEnd.current = offset + viewportSize >= scrollSize - NEAR
        }}
      >
        {lines.map((line, index) => {
          const key = index
          return (
            <div key={key} className="run-log-line">
              <span className="ink3">{line.at === null ? '' : formatClock(line.at)}</span>
              <span className="ink2">{line.who}</span>
              <span className={tones[line.tone]}>{line.text}</span>
            </div>
          )
        })}
      </VList>
    </section>
  )
}

const tones: Readonly<Record<LogLine['tone'], string>> = {
  words: '',
  quiet: 'ink3',
  output: 'ink2',
  problem: 'c-danger',
}
