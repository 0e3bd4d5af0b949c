import { memo, useSyncExternalStore } from 'react'
import type { Chunk, CodeLines } from '../lib/code-lines.ts'
import type { Span } from '../lib/highlighter.ts'
import { CopyButton } from './copy-button.tsx'
import { languageLabel } from './language-label.ts'

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
      <section tabIndex={0} aria-label={label === 'Text' ? 'Code' : `${label} code`} className="code-scroll">
        <CodeText lines={lines} />
      </section>
    </div>
  )
}

function CodeText({ lines }: { lines: CodeLines }) {
  const chunks = useSyncExternalStore(lines.watch, lines.chunks, lines.chunks)
  return (
    <pre dir="ltr">
      {chunks.map((chunk, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: chunks are numbered lines
        <CodeChunk key={index} chunk={chunk} />
      ))}
    </pre>
  )
}

const CodeChunk = memo(function CodeChunk({ chunk }: { chunk: Chunk }) {
  return (
    <code className={chunk.full ? 'chunk full' : 'chunk'}>
      {chunk.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are numbered
        <CodeLine key={index} line={line} last={!chunk.full && index === chunk.lines.length - 1} />
      ))}
    </code>
  )
})

const CodeLine = memo(function CodeLine({ line, last }: { line: readonly Span[]; last: boolean }) {
  return (
    <>
      {line.map(({ text, kind }, index) =>
        kind === '' ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line have no other name
          <span key={index} className={kind}>
            {text}
          </span>
        ),
      )}
      {last ? '' : '\n'}
    </>
  )
})
