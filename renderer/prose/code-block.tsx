import { type CSSProperties, memo, useCallback, useRef, useSyncExternalStore } from 'react'
import type { Chunk, CodeLines } from '../lib/code-lines.ts'
import type { Span } from '../lib/highlighter.ts'
import { limitMarks } from '../lib/stacked-marks.ts'
import { unlessSelected } from '../lib/unless-selected.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { isPlainText, languageLabel } from './language-label.ts'

/** A fence of the agent: head with language and copy button, then the lines. */
export function CodeBlock({ lines }: { lines: CodeLines }) {
  const label = languageLabel(lines.language)
  return (
    <div className="codeblock">
      <div className="head">
        {label}
        <span className="end" />
        <CopyButton text={() => lines.text()} name="Copy code" caption="Copy" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also for those without a mouse */}
      <section tabIndex={0} aria-label={isPlainText(lines.language) ? 'Code' : `${label} code`} className="code-scroll">
        <CodeText lines={lines} />
      </section>
    </div>
  )
}

function CodeText({ lines }: { lines: CodeLines }) {
  const text = useRef<HTMLPreElement>(null)
  // Colours that come late wait for a selection: they would end it.
  const watch = useCallback((changed: () => void) => lines.watch(() => unlessSelected(text.current, changed)), [lines])
  const chunks = useSyncExternalStore(watch, lines.chunks, lines.chunks)
  return (
    <pre dir="ltr" ref={text}>
      {chunks.map((chunk, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: chunks are numbered lines
        <CodeChunk key={index} chunk={chunk} />
      ))}
    </pre>
  )
}

const CodeChunk = memo(function CodeChunk({ chunk }: { chunk: Chunk }) {
  return (
    <code className={chunk.full ? 'chunk full' : 'chunk'} style={chunk.full ? chunkWidth(chunk) : undefined}>
      {chunk.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are numbered
        <CodeLine key={index} line={line} last={!chunk.full && index === chunk.lines.length - 1} />
      ))}
    </code>
  )
})

/** How wide a chunk that is skipped is taken to be, so that the bar below the code neither comes nor goes with it. */
function chunkWidth({ lines }: Chunk): CSSProperties {
  const widths = lines.map((line) => line.reduce((sum, { text }) => sum + text.length, 0))
  return { containIntrinsicWidth: `auto ${Math.max(...widths)}ch` }
}

const CodeLine = memo(function CodeLine({ line, last }: { line: readonly Span[]; last: boolean }) {
  return (
    <>
      {line.map(({ text, kind }, index) =>
        kind === '' ? (
          limitMarks(text)
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line have no other name
          <span key={index} className={kind}>
            {limitMarks(text)}
          </span>
        ),
      )}
      {last ? '' : '\n'}
    </>
  )
})
