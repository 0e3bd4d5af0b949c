import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Standing } from '#shared/limits/budget.ts'
import type { Spending } from '#shared/spending/spending.ts'
import { formatCount, formatDollars } from '../lib/format.ts'
import { exactAmount, limitAmount } from '../lib/limits.ts'
import { Icon } from '../ui/icon.tsx'
import { Meter } from '../ui/meter.tsx'
import { limitFor } from './limit-status.ts'
import { cachedShare, callsWords, costSource, knownCost, totalTokens } from './spent.ts'
import { Legend } from './swatch.tsx'

/** Today and this month against their limits, whatever range is shown below. */
export function FigureCards(props: {
  today: Spending
  month: Spending
  limits: readonly Standing[]
  /** Whose limits; null = those for everything. */
  profileId: string | null
}) {
  const { today, month, limits, profileId } = props
  const tokenLimit = limitFor(limits, 'day', 'totalTokens', profileId)
  const cached = cachedShare(today)
  return (
    <div className="grid c4">
      <MoneyCard
        title="Today"
        meter="Spent today"
        spending={today}
        limit={limitFor(limits, 'day', 'costUsd', profileId)}
      />
      <MoneyCard
        title="This month"
        meter="Spent this month"
        spending={month}
        limit={limitFor(limits, 'month', 'costUsd', profileId)}
      />
      <FigureCard
        title="Tokens today"
        figure={formatCount(totalTokens(today))}
        beside={tokenLimit ? `of ${limitAmount('totalTokens', tokenLimit.allowed)}` : ''}
        warning={tokenLimit && warningOf(totalTokens(today) / tokenLimit.allowed)}
        meter={
          tokenLimit && (
            <Meter
              label="Tokens today"
              text={`${exactAmount('totalTokens', totalTokens(today))} of ${exactAmount('totalTokens', tokenLimit.allowed)} tokens`}
              share={totalTokens(today) / tokenLimit.allowed}
              estimated={today.estimatedTokens / tokenLimit.allowed}
            />
          )
        }
      >
        <span>{formatCount(today.inputTokens)} in</span>
        <span>{formatCount(today.outputTokens)} out</span>
        {today.reasoningTokens > 0 && <span>{formatCount(today.reasoningTokens)} reasoning</span>}
        {today.estimatedTokens > 0 && (
          <Legend kind="estimated">{`${formatCount(today.estimatedTokens)} estimated`}</Legend>
        )}
      </FigureCard>
      <FigureCard
        title="Read from cache"
        figure={cached === null ? '–' : `${Math.round(cached * 100)} %`}
        beside={cached === null ? 'nothing read today' : 'of input today'}
        meter={
          cached !== null && (
            <Meter
              label="Read from cache"
              text={`${Math.round(cached * 100)} percent`}
              share={cached}
              className="calm"
            />
          )
        }
      >
        {cached !== null && (
          <span>
            {formatCount(today.cachedInputTokens)} of {formatCount(today.inputTokens)}
          </span>
        )}
        {today.savedMicroUsd !== null && today.savedMicroUsd > 0 && (
          <span className="c-ok">saved about {formatDollars(today.savedMicroUsd)}</span>
        )}
      </FigureCard>
    </div>
  )
}

function MoneyCard(props: { title: string; meter: string; spending: Spending; limit: Standing | null }) {
  const { spending, limit } = props
  const known = knownCost(spending)
  const source = costSource(spending)
  const share = limit ? known / limit.allowed : 0
  const tone = share >= 1 ? 'danger' : share >= 0.8 ? 'warn' : 'accent'
  const words = source === 'unknown' ? 'not known' : source === 'free' ? 'free' : formatDollars(known)
  return (
    <FigureCard
      title={props.title}
      figure={words}
      beside={limit ? `of ${formatDollars(limit.allowed)}` : ''}
      warning={limit && warningOf(share)}
      meter={
        limit && (
          <Meter
            label={props.meter}
            text={`${formatDollars(known)} of ${formatDollars(limit.allowed)}${spending.unknownCalls > 0 ? `, and ${callsWords(spending.unknownCalls)} of unknown cost` : ''}`}
            share={share}
            estimated={spending.estimatedMicroUsd / limit.allowed}
            className={source === 'unknown' ? 'unk' : ''}
          />
        )
      }
    >
      {known > 0 && (
        <Legend kind="reported" tone={tone} reader="reported">
          {formatDollars(spending.reportedMicroUsd)}
        </Legend>
      )}
      {spending.estimatedMicroUsd > 0 && (
        <Legend kind="estimated" tone={tone} reader="estimated">
          {formatDollars(spending.estimatedMicroUsd)}
        </Legend>
      )}
      {spending.unknownCalls > 0 && (
        <Legend kind="unknown" reader="of unknown cost">
          {callsWords(spending.unknownCalls)}
        </Legend>
      )}
      {spending.freeCalls > 0 && known > 0 && <span>{callsWords(spending.freeCalls)} free</span>}
      {source === 'free' && <span>{callsWords(spending.modelCalls)}</span>}
      {source === 'none' && <span>no calls yet</span>}
    </FigureCard>
  )
}

function FigureCard(props: {
  title: string
  figure: string
  beside: string
  warning?: { percent: number; tone: 'warn' | 'danger' } | null
  /** Nothing without a limit: there is nothing to compare with. */
  meter: ReactNode
  children: ReactNode
}) {
  return (
    <section className="card figure-card" aria-label={props.title}>
      <div className="row figure-head">
        <h2 className="ink2 xs med">{props.title}</h2>
        {props.warning && (
          <span className={`badge end ${props.warning.tone}`}>
            <Icon of={TriangleAlert} small />
            {props.warning.percent} %
          </span>
        )}
      </div>
      <div className="fig">
        {props.figure} {props.beside && <small>{props.beside}</small>}
      </div>
      {props.meter}
      <div className="xs ink2 row figure-parts">{props.children}</div>
    </section>
  )
}

/** From 80 % on it is said in a badge. */
function warningOf(share: number): { percent: number; tone: 'warn' | 'danger' } | null {
  // Rounded down: a limit is reached at 100 %, not before.
  const percent = Math.floor(share * 100)
  return percent < 80 ? null : { percent, tone: percent >= 100 ? 'danger' : 'warn' }
}
