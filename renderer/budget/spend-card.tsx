import { Table } from 'lucide-react'
import { useMemo, useState } from 'react'
import { create } from 'zustand'
import type { Standing } from '#shared/limits/budget.ts'
import type { SpendingReport } from '#shared/spending/spending.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { type Column, chartWords, columnsOf, type Measure, measured, type Now, total } from './chart-data.ts'
import { forecast } from './forecast.ts'
import { limitFor } from './limit-status.ts'
import type { ReportRange } from './range.ts'
import { SpendChart } from './spend-chart.tsx'
import { callsWords, knownCost } from './spent.ts'
import { Legend, Swatch } from './swatch.tsx'

const measures = [
  { value: 'dollars', label: 'Dollars' },
  { value: 'tokens', label: 'Tokens' },
] as const

/** What a person chose, for as long as the window is open. */
const useChosenMeasure = create<{ measure: Measure | null }>(() => ({ measure: null }))

/** Until a person chooses: dollars where any were spent, tokens where all was free. */
function useMeasure(report: SpendingReport): [Measure, (measure: Measure) => void] {
  const chosen = useChosenMeasure((state) => state.measure)
  const { total } = report
  const hasCost = (knownCost(total) ?? 0) > 0 || total.unknownCalls > 0
  return [chosen ?? (hasCost ? 'dollars' : 'tokens'), (measure) => useChosenMeasure.setState({ measure })]
}

/** Spend or tokens over the range, as columns or as a table. */
export function SpendCard(props: {
  report: SpendingReport
  range: ReportRange
  now: Now
  limits: readonly Standing[]
  profileId: string | null
}) {
  const { report, range, limits, profileId } = props
  const { day, hour } = props.now
  const [measure, setMeasure] = useMeasure(report)
  const [asTable, setAsTable] = useState(false)
  const columns = useMemo(() => columnsOf(report, range, measure, { day, hour }), [report, range, measure, day, hour])
  const name = measure === 'dollars' ? 'costUsd' : 'totalTokens'
  const dayLimit = range === 'day' ? null : (limitFor(limits, 'day', name, profileId)?.allowed ?? null)
  const monthLimit = limitFor(limits, 'month', name, profileId)?.allowed ?? null
  const words = chartWords({ columns, report, range, measure, limit: dayLimit })
  const unit = range === 'day' ? 'hour' : 'day'
  return (
    <section className="card" aria-label="Spend over time">
      <div className="ch">
        <h2>{`${measure === 'dollars' ? 'Spend' : 'Tokens'} per ${unit}`}</h2>
        <span className="row xs ink2 legends">
          <Legend kind="reported" tone="chart">
            reported
          </Legend>
          <Legend kind="estimated" tone="chart">
            estimated
          </Legend>
          {measure === 'dollars' && <Legend kind="unknown">unknown</Legend>}
        </span>
        <span className="end row">
          <Segmented label="Measure" value={measure} options={measures} onChange={setMeasure} />
          <IconButton
            icon={Table}
            label="Show as table"
            className={asTable ? 'on' : ''}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          />
        </span>
      </div>
      {!asTable && (
        <div className="cb spend-body">
          <SpendChart
            columns={columns}
            measure={measure}
            limit={dayLimit}
            title={words.title}
            description={words.description}
            sentence={range === 'month' ? forecast({ columns, measure, today: day, limit: monthLimit }) : null}
          />
        </div>
      )}
      <SpendTable columns={columns} measure={measure} caption={words.title} unit={unit} hidden={!asTable} />
    </section>
  )
}

/** The numbers of the chart. While the chart is shown it is there for readers only. */
function SpendTable(props: {
  columns: readonly Column[]
  measure: Measure
  caption: string
  unit: 'hour' | 'day'
  hidden: boolean
}) {
  const { columns, measure } = props
  const used = columns.filter((column) => column.used)
  const table = (
    <table className="tbl">
      <caption className="sr">{props.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{props.unit === 'day' ? 'Day' : 'Hour'}</th>
          <th scope="col" className="num">
            {measure === 'dollars' ? 'Spend' : 'Tokens'}
          </th>
          <th scope="col" className="num">
            Reported
          </th>
          <th scope="col" className="num">
            Estimated
          </th>
          {measure === 'dollars' && (
            <th scope="col" className="num">
              Unknown
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {used.map((column) => (
          <tr key={column.key}>
            <th scope="row" className={column.when === 'now' ? 'strong' : undefined}>
              {column.name}
            </th>
            <td className="num med">{measured(measure, total(column))}</td>
            <td className="num ink2">{measured(measure, column.reported)}</td>
            <td className="num ink2">{measured(measure, column.estimated)}</td>
            {measure === 'dollars' && (
              <td className="num ink2">
                {column.unknownCalls > 0 ? (
                  <span className="row legend end-row">
                    <Swatch kind="unknown" />
                    {callsWords(column.unknownCalls)}
                  </span>
                ) : (
                  '–'
                )}
              </td>
            )}
          </tr>
        ))}
        {used.length === 0 && (
          <tr>
            <td colSpan={measure === 'dollars' ? 5 : 4} className="ink2">
              Nothing was used.
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
  if (props.hidden) return <div className="sr">{table}</div>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls has to be reachable by keys
    <section className="spend-table" tabIndex={0} aria-label={props.caption}>
      {table}
    </section>
  )
}
