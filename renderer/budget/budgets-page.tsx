import { ChevronLeft, ChevronRight, CircleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { noSpending } from '#shared/spending/no-spending.ts'
import type { DayKey, Spending, SpendingQuery, SpendingReport } from '#shared/spending/spending.ts'
import { useNow } from '../lib/clock.ts'
import { formatTime } from '../lib/format.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { Select } from '../ui/select.tsx'
import { type ExportOutcome, exportCalls } from './budget-actions.ts'
import { ExportMenu } from './export-menu.tsx'
import { FigureCards } from './figure-cards.tsx'
import { LimitsCard } from './limits-card.tsx'
import { type ReportRange, spanOf, spanTitle, stepTo } from './range.ts'
import { SessionsCard } from './sessions-card.tsx'
import { SpendCard } from './spend-card.tsx'
import { TokensCard } from './tokens-card.tsx'
import { useReport } from './use-report.ts'
import './budget.css'

const ranges = [
  { value: 'day', label: 'Day' },
  { value: 'week', label: 'Week' },
  { value: 'month', label: 'Month' },
] as const

/** No profile has this id. */
const ALL = '*'

/** Money and tokens: what was spent, on what, and against which limits. */
export default function BudgetsPage() {
  const { day: today, limits } = useAppStore((state) => state.spending)
  const [range, setRange] = useState<ReportRange>('month')
  /** A day of the span that is shown; null = today, also after midnight. */
  const [day, setDay] = useState<DayKey | null>(null)
  const [profileId, setProfileId] = useState<SpendingQuery['profileId']>(null)
  const span = spanOf(range, day ?? today)
  const query = { ...span, profileId }
  const { report, at, failure, again } = useReport(query)
  const figures = useFigures(profileId, today)
  const [exported, setExported] = useState<ExportOutcome>({ kind: 'nothing' })

  const save = async (format: 'csv' | 'json') => {
    setExported({ kind: 'nothing' })
    setExported(await exportCalls(query, format))
  }
  const current = today >= span.from && today <= span.to
  return (
    <div className="page">
      <div className="wrap budgets">
        <div className="ph">
          <PageTitle>Budgets</PageTitle>
          <span className="row span-steps">
            <span className="ink3 span-name" aria-live="polite">
              {spanTitle(range, span)}
            </span>
            <IconButton
              icon={ChevronLeft}
              small
              label={`The ${range} before`}
              onClick={() => setDay(stepTo(range, day ?? today, -1))}
            />
            <IconButton
              icon={ChevronRight}
              small
              label={`The ${range} after`}
              disabled={span.to >= today}
              onClick={() => {
                const next = stepTo(range, day ?? today, 1)
                setDay(next > spanOf(range, today).from ? null : next)
              }}
            />
          </span>
          <span className="end row budgets-tools">
            <ProfileFilter value={profileId} report={report} onChange={setProfileId} />
            <Segmented
              label="Range"
              value={range}
              options={ranges}
              onChange={(chosen) => {
                setRange(chosen)
                if (current) setDay(null)
              }}
            />
            <ExportMenu onExport={(format) => void save(format)} />
          </span>
        </div>
        <p className={exported.kind === 'saved' ? 'xs ink2' : 'sr'} role="status">
          {exported.kind === 'saved' ? 'The calls are saved.' : ''}
        </p>
        {exported.kind === 'failed' && <Problem text={exported.message} />}
        {failure && <Problem text={`${failure.message}${report ? staleWords(at) : ''}`} again={again} />}
        {figures && <FigureCards {...figures} limits={limits} profileId={profileId} />}
        {report ? (
          <Spent report={report} range={range} today={today} profileId={profileId} current={current} />
        ) : (
          !failure && <Waiting />
        )}
        {/* One card from the first moment on: what somebody writes in it is not lost when the numbers come. */}
        <div className={report ? 'grid c21' : 'grid'}>
          {report && <SessionsCard report={report} span={spanOfReport(report, range, current)} />}
          <LimitsCard limits={limits} />
        </div>
      </div>
    </div>
  )
}

function Spent(props: {
  report: SpendingReport
  range: ReportRange
  today: DayKey
  profileId: string | null
  current: boolean
}) {
  const { report, range, today, profileId } = props
  const limits = useAppStore((state) => state.spending.limits)
  const hour = new Date(useNow(60_000)).getHours()
  // The one that is shown may still be of the range before.
  const shown = rangeOf(report) ?? range
  if (report.total.modelCalls === 0) return <Empty current={props.current} filtered={profileId !== null} />
  return (
    <div className="grid c21">
      <SpendCard report={report} range={shown} now={{ day: today, hour }} limits={limits} profileId={profileId} />
      <TokensCard report={report} />
    </div>
  )
}

/** "this month", or its name. */
function spanOfReport(report: SpendingReport, range: ReportRange, current: boolean): string {
  const shown = rangeOf(report) ?? range
  return current ? spanWords[shown] : spanTitle(shown, report.query)
}

const spanWords: Readonly<Record<ReportRange, string>> = { day: 'today', week: 'this week', month: 'this month' }

function Empty({ current, filtered }: { current: boolean; filtered: boolean }) {
  return (
    <section className="card budgets-empty" aria-label="Spend over time">
      <h2 className="med">
        Nothing was used{filtered && ' by this profile'}
        {current && ' yet'}
      </h2>
      <p className="xs ink2">What chats and runs spend appears here, call by call.</p>
    </section>
  )
}

/** Only a range whose span it could be: while the next one is on its way the last one stays. */
function rangeOf({ query }: SpendingReport): ReportRange | null {
  const { from, to } = query
  return (
    (['day', 'week', 'month'] as const).find((range) => {
      const span = spanOf(range, from)
      return span.from === from && span.to === to
    }) ?? null
  )
}

/** What is shown then is still true of a moment ago. */
function staleWords(at: number): string {
  return ` The numbers below are as of ${formatTime(at, Date.now())}.`
}

function Problem(props: { text: string; again?: () => void }) {
  return (
    <div className="notice box danger" role="alert">
      <Icon of={CircleAlert} />
      <div className="grow">{props.text}</div>
      {props.again && (
        <button type="button" className="btn sm" onClick={props.again}>
          Try again
        </button>
      )}
    </div>
  )
}

function ProfileFilter(props: {
  value: SpendingQuery['profileId']
  report: SpendingReport | null
  onChange: (value: SpendingQuery['profileId']) => void
}) {
  const backends = useAppStore((state) => state.backends)
  const spenders = useSpenders(props.report)
  const profiles = backends.map(({ profile: { id, name } }) => ({ id, name, hint: '' }))
  // One that was removed may have spent.
  for (const { id, name } of spenders) {
    if (!profiles.some((profile) => profile.id === id)) profiles.push({ id, name, hint: 'removed' })
  }
  return (
    <Select
      className="select"
      label="Profile"
      value={props.value ?? ALL}
      options={[
        { value: ALL, label: 'All profiles' },
        ...profiles.map(({ id, name, hint }) => ({ value: id as string, label: name, hint })),
      ]}
      onChange={(chosen) => props.onChange(profiles.find(({ id }) => id === chosen)?.id ?? null)}
    >
      <span className="cut">
        {profiles.find(({ id }) => id === props.value)?.name ?? props.value ?? 'All profiles'}
      </span>
    </Select>
  )
}

interface Spender {
  id: NonNullable<SpendingQuery['profileId']>
  name: string
}

/** All that were in a report since the page was opened: a report of one profile knows only that one. */
function useSpenders(report: SpendingReport | null): readonly Spender[] {
  const [seen, setSeen] = useState<readonly Spender[]>([])
  useEffect(() => {
    const found = (report?.profiles ?? []).flatMap(({ profileId: id, profileName }) =>
      id ? [{ id, name: profileName ?? id }] : [],
    )
    setSeen((before) => {
      const news = found.filter(({ id }) => !before.some((one) => one.id === id))
      return news.length > 0 ? [...before, ...news] : before
    })
  }, [report])
  return seen
}

/** Milliseconds that an empty page is better than bars that flash by. */
const PATIENCE = 200

function Waiting() {
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = window.setTimeout(() => setLong(true), PATIENCE)
    return () => window.clearTimeout(timer)
  }, [])
  if (!long) return null
  return (
    <div className="card budgets-waiting stack g3" role="status" aria-label="Reading the ledger" aria-busy="true">
      <div className="skel w-62" />
      <div className="skel w-84" />
      <div className="skel w-48" />
    </div>
  )
}

/** Today and this month, of everything or of one profile; null until they are known. */
function useFigures(profileId: SpendingQuery['profileId'], today: DayKey): { today: Spending; month: Spending } | null {
  const all = useAppStore((state) => state.spending)
  const { report } = useReport(profileId === null ? null : { ...spanOf('month', today), profileId })
  if (profileId === null) return { today: all.today, month: all.month }
  if (!report || report.query.profileId !== profileId) return null
  return {
    today: report.days.find(({ key }) => key === today)?.spending ?? noSpending(),
    month: report.total,
  }
}
