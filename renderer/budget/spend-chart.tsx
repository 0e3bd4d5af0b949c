import { scaleBand, scaleLinear } from '@visx/scale'
import { BarStack } from '@visx/shape'
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import { formatDollars } from '../lib/format.ts'
import { axisWords, type Column, columnWords, type Measure, measured, total } from './chart-data.ts'
import { callsWords } from './spent.ts'
import { Swatch } from './swatch.tsx'

const HEIGHT = 270
const TOP = 14
const BOTTOM = 230
const RIGHT = 8
/** Below the axis: the names of the columns, and under them the marks of what is not known. */
const TICK_Y = 246
const MARK_Y = 253
const TIP_WIDTH = 172
/** A sentence in less room than this would be a pillar. */
const SENTENCE_WIDTH = 140
/** A limit that is further away would press the columns flat. */
const LIMIT_IN_SIGHT = 3

const parts = ['reported', 'estimated'] as const
/** Colours are the style sheet's. */
const noColor = () => ''

/** The column that is shown in words. */
interface Pointed {
  index: number
  by: 'keys' | 'pointer'
}

/** Columns over time. The arrow keys go from one to the next; readers hear each, and the whole in title and description. */
export function SpendChart(props: {
  columns: readonly Column[]
  measure: Measure
  /** Of a day, in the unit of the measure; null = none, or the columns are no days. */
  limit: number | null
  title: string
  description: string
  /** A sentence for the days to come; null = nothing to say. */
  sentence: string | null
}) {
  const { columns, measure, limit } = props
  const [box, width] = useWidth()
  const [pointed, setPointed] = useState<Pointed | null>(null)
  const at = pointed?.index ?? null
  const id = useId()
  const { left, x, y, ticks, limitShown } = scales({ columns, measure, limit, width })
  const shown = at === null ? undefined : columns[at]

  const keyDown = (event: KeyboardEvent) => {
    const next = nextColumn(event.key, at, columns)
    if (next === undefined) return
    event.preventDefault()
    if (event.key === 'Escape') event.stopPropagation()
    setPointed(next === null ? null : { index: next, by: 'keys' })
  }
  const firstToCome = columns.findIndex(({ when }) => when === 'future')
  const sentenceX = firstToCome < 0 ? width : (x(columns[firstToCome]?.key ?? '') ?? width) + 4
  const sentenceFits = width - RIGHT - sentenceX >= SENTENCE_WIDTH
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        ref={box}
        className="spend-chart"
        role="group"
        aria-label={props.title}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys show what a pointer shows
        tabIndex={0}
        onKeyDown={keyDown}
        onBlur={() => setPointed(null)}
        onPointerLeave={() => setPointed((now) => (now?.by === 'keys' ? now : null))}
      >
        <svg width={width} height={HEIGHT} role="img" aria-labelledby={`${id}-title ${id}-words`}>
          <title id={`${id}-title`}>{props.title}</title>
          <desc id={`${id}-words`}>{props.description}</desc>
          <defs>
            <pattern
              id={`${id}-hatch`}
              width="4"
              height="4"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="2" height="4" className="chart-solid" />
            </pattern>
          </defs>
          {shown && (
            <rect
              x={(x(shown.key) ?? 0) - 4}
              y={TOP}
              width={x.bandwidth() + 8}
              height={BOTTOM - TOP}
              className="chart-hover"
            />
          )}
          {ticks.map((tick) => (
            <g key={tick}>
              <line x1={left} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} className="chart-grid" />
              <text x={left - 8} y={y(tick) + 4} textAnchor="end">
                {tickWords(measure, tick, ticks)}
              </text>
            </g>
          ))}
          {limit !== null && (
            <g className="chart-limit">
              {limitShown && (
                <line x1={left} x2={width - RIGHT} y1={y(scaled(measure, limit))} y2={y(scaled(measure, limit))} />
              )}
              <text x={width - RIGHT} y={limitShown ? y(scaled(measure, limit)) - 6 : TOP - 4} textAnchor="end">
                {`limit a day, ${axisWords(measure, limit)}${limitShown ? '' : ', is above this'}`}
              </text>
            </g>
          )}
          <BarStack<Column, (typeof parts)[number]>
            data={[...columns]}
            keys={[...parts]}
            x={({ key }) => key}
            value={(column, part) => scaled(measure, column[part])}
            xScale={x}
            yScale={y}
            color={noColor}
          >
            {(stacks) =>
              stacks.flatMap(({ key: part, bars }) =>
                bars.map((bar) => (
                  <Bar
                    key={`${part}-${bar.index}`}
                    x={bar.x}
                    y={bar.y}
                    width={bar.width}
                    height={bar.height}
                    hatch={part === 'estimated' ? `url(#${id}-hatch)` : null}
                  />
                )),
              )
            }
          </BarStack>
          {columns.map((column, index) => {
            const start = x(column.key) ?? 0
            const middle = start + x.bandwidth() / 2
            return (
              <g
                key={column.key}
                // A pointer that only rests there takes nothing from the keys.
                onPointerMove={({ movementX, movementY }) => {
                  if (movementX !== 0 || movementY !== 0) setPointed({ index, by: 'pointer' })
                }}
              >
                <rect
                  x={middle - x.step() / 2}
                  y={TOP}
                  width={x.step()}
                  height={HEIGHT - TOP}
                  fill="none"
                  pointerEvents="all"
                />
                {column.tick && (
                  <text
                    x={middle}
                    y={TICK_Y}
                    textAnchor="middle"
                    className={column.when === 'now' ? 'chart-now' : undefined}
                  >
                    {column.tick}
                  </text>
                )}
                {column.unknownCalls > 0 && (
                  <rect x={middle - 4} y={MARK_Y} width="8" height="8" rx="2" className="chart-unknown" />
                )}
              </g>
            )
          })}
        </svg>
        {shown && (
          <Tip
            column={shown}
            measure={measure}
            left={tipLeft((x(shown.key) ?? 0) + x.bandwidth(), x.bandwidth(), width)}
          />
        )}
        {props.sentence && sentenceFits && (
          <p className="xs ink2 chart-sentence" style={{ left: sentenceX, right: RIGHT }}>
            <span>{props.sentence}</span>
          </p>
        )}
      </div>
      {props.sentence && !sentenceFits && <p className="xs ink2 chart-below">{props.sentence}</p>}
      <p className="sr" role="status">
        {shown ? columnWords(shown, measure) : ''}
      </p>
    </>
  )
}

function Bar(props: { x: number; y: number; width: number; height: number; hatch: string | null }) {
  const { x, y, width, height } = props
  if (!(height > 0)) return null
  if (props.hatch === null) return <rect x={x} y={y} width={width} height={height} className="chart-solid" />
  // A gap to the part below it, and a line around it: one that is a few cents high can still be told from a solid one.
  return (
    <rect
      x={x + 0.5}
      y={y}
      width={Math.max(0, width - 1)}
      height={Math.max(1, height - 1)}
      fill={props.hatch}
      className="chart-hatched"
    />
  )
}

function Tip(props: { column: Column; measure: Measure; left: number }) {
  const { column, measure } = props
  return (
    // What it says is also in the live region, and in the table.
    <div className="chart-tip" aria-hidden="true" style={{ left: props.left, width: TIP_WIDTH }}>
      <div className="row strong">
        {column.name}
        <span className="end">{measured(measure, total(column))}</span>
      </div>
      <div className="row">
        <Swatch kind="reported" tone="chart" />
        reported
        <span className="end">{measured(measure, column.reported)}</span>
      </div>
      <div className="row">
        <Swatch kind="estimated" tone="chart" />
        estimated
        <span className="end">{measured(measure, column.estimated)}</span>
      </div>
      {measure === 'dollars' && (
        <div className="row">
          <Swatch kind="unknown" />
          unknown
          <span className="end">{callsWords(column.unknownCalls)}</span>
        </div>
      )}
    </div>
  )
}

function scales(input: { columns: readonly Column[]; measure: Measure; limit: number | null; width: number }) {
  const { columns, measure, limit, width } = input
  const highest = Math.max(...columns.map(total), 0)
  const limitShown = limit !== null && limit <= Math.max(highest, 0) * LIMIT_IN_SIGHT
  const top = Math.max(highest, limitShown ? limit : 0)
  const y = scaleLinear<number>({ domain: [0, top > 0 ? scaled(measure, top) : 1], range: [BOTTOM, TOP] }).nice(3)
  const ticks = y.ticks(3)
  const longest = Math.max(...ticks.map((tick) => tickWords(measure, tick, ticks).length))
  const left = 14 + longest * 6.5
  const x = scaleBand<string>({
    domain: columns.map(({ key }) => key),
    range: [left, Math.max(left, width - RIGHT)],
    paddingInner: 0.38,
    paddingOuter: 0.19,
  })
  return { left, x, y, ticks, limitShown }
}

/** All with cents, or none. */
function tickWords(measure: Measure, tick: number, ticks: readonly number[]): string {
  const value = unscaled(measure, tick)
  if (measure === 'tokens' || ticks.every(Number.isInteger)) return axisWords(measure, value)
  return formatDollars(value)
}

/** Round numbers of dollars are no round numbers of micro-dollars below a dollar. */
function scaled(measure: Measure, value: number): number {
  return measure === 'dollars' ? value / 1e6 : value
}

function unscaled(measure: Measure, value: number): number {
  return measure === 'dollars' ? Math.round(value * 1e6) : value
}

function tipLeft(columnEnd: number, bandwidth: number, width: number): number {
  const right = columnEnd + 12
  return right + TIP_WIDTH <= width ? right : Math.max(0, columnEnd - bandwidth - 12 - TIP_WIDTH)
}

/** undefined = the key means nothing here, null = no column. */
function nextColumn(key: string, at: number | null, columns: readonly Column[]): number | null | undefined {
  const last = columns.length - 1
  const now = columns.findIndex(({ when }) => when === 'now')
  switch (key) {
    case 'ArrowRight':
      return at === null ? (now < 0 ? 0 : now) : Math.min(at + 1, last)
    case 'ArrowLeft':
      return at === null ? (now < 0 ? last : now) : Math.max(at - 1, 0)
    case 'Home':
      return 0
    case 'End':
      return last
    case 'Escape':
      return at === null ? undefined : null
    default:
      return undefined
  }
}

/** Of the box, now and whenever it changes. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const measure = () => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [box, width] as const
}
