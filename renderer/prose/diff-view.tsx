import { memo, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import type { FileDiff } from '#shared/approval/file-diff.ts'
import { counted } from '#shared/lib/counted.ts'
import {
  canColour,
  colourerOf,
  type LineColourer,
  type LineState,
  loadLanguage,
  plainSpans,
  type Span,
} from '../lib/highlighter.ts'
import { whenIdle } from '../lib/idle-work.ts'
import { unlessSelected } from '../lib/unless-selected.ts'
import { LeavingButton } from '../ui/leaving-button.tsx'
import {
  type CharacterRange,
  type CompareWords,
  type DiffHunk,
  type DiffRow,
  diffHunks,
  firstRows,
  markSpans,
  rowCount,
  wordMarks,
} from './diff-rows.ts'

/** A longer change is shown without colours. */
const MOST_COLOURED = 600

/** A longer change that is history shows so many lines until somebody asks for the rest. */
const SHOWN_ROWS = 300

const none: readonly CharacterRange[] = []

/** The change of one file. `one` = a single column of numbers, where it is narrow. */
export const DiffView = memo(function DiffView(props: { diff: FileDiff; folds?: boolean }) {
  const { diff } = props
  const [whole, setWhole] = useState(!props.folds)
  const all = useMemo(() => diffHunks(diff), [diff])
  const hunks = useMemo(() => (whole ? all : firstRows(all, SHOWN_ROWS)), [all, whole])
  const hidden = rowCount(all) - rowCount(hunks)
  const view = useRef<HTMLElement>(null)
  const compare = useCompareWords()
  const colours = useColours(hunks, useLanguage(diff.path), view)
  const marks = useMemo(
    () => hunks.map((hunk) => (compare ? wordMarks(hunk, compare) : new Map<DiffRow, readonly CharacterRange[]>())),
    [hunks, compare],
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also for those without a mouse
    <section className="diff" aria-label={`Change in ${fileName(diff.path)}`} tabIndex={0} ref={view}>
      {hunks.map((hunk, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: hunks are in the order of the file
        <div key={index} className="hunk">
          {index > 0 && <div className="h">…</div>}
          {hunk.map((row, line) => (
            <Row
              // biome-ignore lint/suspicious/noArrayIndexKey: lines are in the order of the file
              key={line}
              row={row}
              spans={colours?.get(row) ?? plainSpans(row.text)}
              marks={marks[index]?.get(row) ?? none}
            />
          ))}
        </div>
      ))}
      {hidden > 0 && (
        <LeavingButton hands="around" className="h more" onClick={() => setWhole(true)}>
          … {counted(hidden, 'more line')}
        </LeavingButton>
      )}
      {diff.omittedLines !== undefined && diff.omittedLines > 0 && (
        <div className="h">… {diff.omittedLines} more lines, too many to show</div>
      )}
    </section>
  )
})

const signs = {
  ' ': { kind: '', text: ' ', name: '' },
  '+': { kind: ' a', text: '+', name: 'added: ' },
  '-': { kind: ' d', text: '−', name: 'removed: ' },
}

function Row(props: { row: DiffRow; spans: readonly Span[]; marks: readonly CharacterRange[] }) {
  const { row } = props
  const sign = signs[row.sign]
  return (
    <div className={`l${sign.kind}`}>
      <i>{row.oldLine}</i>
      <i>{row.newLine}</i>
      <u aria-hidden="true">{sign.text}</u>
      <span>
        {sign.name && <span className="sr">{sign.name}</span>}
        {markSpans(props.spans, props.marks).map(({ text, kind, marked }, index) => {
          const key = index
          if (marked) {
            return (
              <mark key={key} className={kind || undefined}>
                {text}
              </mark>
            )
          }
          return kind === '' ? (
            text
          ) : (
            <span key={key} className={kind}>
              {text}
            </span>
          )
        })}
      </span>
    </div>
  )
}

let loadedCompare: CompareWords | null = null

/** Comes after the first drawing: the change itself does not wait for its marks. */
function useCompareWords(): CompareWords | null {
  const [compare, setCompare] = useState<CompareWords | null>(() => loadedCompare)
  useEffect(() => {
    if (compare) return
    let gone = false
    import('diff').then(
      ({ diffWordsWithSpace }) => {
        loadedCompare = (before, after) => diffWordsWithSpace(before, after)
        if (!gone) setCompare(() => loadedCompare)
      },
      (error) => console.error('Words of a change could not be compared.', error),
    )
    return () => {
      gone = true
    }
  }, [compare])
  return compare
}

/** The language of a file once its grammar is loaded. */
function useLanguage(path: string): string | null {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? fileName(path).toLowerCase()
  const [loaded, setLoaded] = useState(() => colourerOf(ending) !== null)
  useEffect(() => {
    if (loaded || !canColour(ending)) return
    let gone = false
    void loadLanguage(ending).then(() => {
      if (!gone) setLoaded(colourerOf(ending) !== null)
    })
    return () => {
      gone = true
    }
  }, [ending, loaded])
  return loaded ? ending : null
}

/** null until all is coloured: at once where the grammar was used before, else while the window is idle. */
function useColours(
  hunks: readonly DiffHunk[],
  language: string | null,
  view: RefObject<HTMLElement | null>,
): HunkColours | null {
  const colours = useMemo(() => {
    const colourer = language === null ? null : colourerOf(language)
    const size = hunks.reduce((sum, hunk) => sum + hunk.length, 0)
    return colourer && size <= MOST_COLOURED ? new HunkColours(hunks, colourer) : null
  }, [hunks, language])
  const [, show] = useState<HunkColours | null>(null)
  useEffect(() => {
    if (!colours || colours.done) return
    let gone = false
    whenIdle(colours, (timeLeft) => {
      if (gone || !colours.advance(timeLeft)) return gone
      unlessSelected(view.current, () => !gone && show(colours))
      return true
    })
    return () => {
      gone = true
    }
  }, [colours, view])
  return colours?.done ? colours : null
}

class HunkColours {
  done: boolean
  readonly #rows = new Map<DiffRow, readonly Span[]>()
  readonly #colourer: LineColourer
  readonly #work: Iterator<void>

  constructor(hunks: readonly DiffHunk[], colourer: LineColourer) {
    this.#colourer = colourer
    this.#work = this.#colour(hunks)
    this.done = this.#work.next().done === true
  }

  get(row: DiffRow): readonly Span[] | undefined {
    return this.#rows.get(row)
  }

  /** True when it is done. */
  advance(timeLeft: () => number): boolean {
    while (!this.done && this.#colourer.compile(timeLeft)) this.done = this.#work.next().done === true
    return this.done
  }

  /** Each side is read as the text it is: first what was, then what is. Pauses where the grammar has to be compiled. */
  *#colour(hunks: readonly DiffHunk[]): Generator<void> {
    for (const hunk of hunks) {
      for (const side of ['-', '+'] as const) {
        let state: LineState = null
        for (const row of hunk) {
          if (row.sign !== ' ' && row.sign !== side) continue
          let coloured = this.#colourer.colour(row.text, state)
          for (; !coloured; coloured = this.#colourer.colour(row.text, state)) yield
          state = coloured.state
          this.#rows.set(row, coloured.spans)
        }
      }
    }
  }
}

function fileName(path: string): string {
  return path.split('/').at(-1) ?? path
}
