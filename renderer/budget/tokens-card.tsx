import { useState } from 'react'
import type { SpendingReport, SpendingRow } from '#shared/spending/spending.ts'
import { folderName, formatCount } from '../lib/format.ts'
import { Segmented } from '../ui/segmented.tsx'
import { cachedShare, costWords, totalTokens } from './spent.ts'

type By = 'model' | 'profile' | 'folder'

const choices = [
  { value: 'model', label: 'Model' },
  { value: 'profile', label: 'Profile' },
  { value: 'folder', label: 'Folder' },
] as const

/** So many are seen without asking for the rest. */
const SHOWN = 5

/** What was read from cache, read fresh and written, by model, profile or folder; the one with most tokens first. */
export function TokensCard({ report }: { report: SpendingReport }) {
  const [by, setBy] = useState<By>('model')
  const [all, setAll] = useState(false)
  // A server that refused every call used nothing: it is no row.
  const used = rowsBy(report, by).filter(({ spending }) => totalTokens(spending) > 0)
  const rows = [...used].sort((a, b) => totalTokens(b.spending) - totalTokens(a.spending))
  const most = rows[0] ? totalTokens(rows[0].spending) : 0
  const shown = all ? rows : rows.slice(0, SHOWN)
  return (
    <section className="card" aria-label={`Tokens by ${by}`}>
      <div className="ch">
        <h2>Tokens by {by}</h2>
        <span className="end row">
          <Segmented label="By" value={by} options={choices} onChange={setBy} />
        </span>
      </div>
      <div className="cb">
        <div className="row xs ink2 legends" aria-hidden="true">
          {partNames.map((name, index) => (
            <span key={name} className="row legend">
              <span className={`sw tokens-${index + 1}`} />
              {name}
            </span>
          ))}
        </div>
        {rows.length === 0 && <p className="ink2 tokens-none">No tokens were used.</p>}
        <ul>
          {shown.map((row) => (
            <TokensRow key={row.key} row={row} by={by} most={most} />
          ))}
        </ul>
        {rows.length > shown.length && (
          <button type="button" className="btn quiet sm" onClick={() => setAll(true)}>
            {rows.length - shown.length} more
          </button>
        )}
      </div>
    </section>
  )
}

const partNames = ['cached', 'read fresh', 'written'] as const

function TokensRow({ row, by, most }: { row: SpendingRow; by: By; most: number }) {
  const { spending } = row
  const parts = [
    spending.cachedInputTokens,
    Math.max(0, spending.inputTokens - spending.cachedInputTokens),
    spending.outputTokens,
  ]
  const { name, beside, title } = namesOf(row, by)
  const cached = cachedShare(spending)
  const told = parts.map((count, index) => `${formatCount(count)} ${partNames[index]}`).join(', ')
  return (
    <li className="tokens-row">
      <div className="row base">
        <span className="cut" title={title}>
          {name} {beside && <span className="ink3 xs">{beside}</span>}
        </span>
        <span className="end nowrap">{formatCount(totalTokens(spending))}</span>
      </div>
      <div className="tokens-bar" role="img" aria-label={`${name}: ${told}`}>
        {parts.map(
          (count, index) =>
            count > 0 && (
              <i
                key={partNames[index]}
                className={`tokens-${index + 1}`}
                style={{ width: `${(100 * count) / most}%` }}
              />
            ),
        )}
      </div>
      <div className="xs ink3 row">
        <span>
          {cached === null ? 'nothing read' : `${Math.round(cached * 100)} % cached`}
          {spending.estimatedTokens > 0 && `, ${formatCount(spending.estimatedTokens)} estimated`}
        </span>
        <span className="end">{costWords(spending)}</span>
      </div>
    </li>
  )
}

function rowsBy(report: SpendingReport, by: By): readonly SpendingRow[] {
  return by === 'model' ? report.models : by === 'profile' ? report.profiles : report.projects
}

function namesOf(row: SpendingRow, by: By): { name: string; beside: string; title: string } {
  if (by === 'model') {
    const name = row.model || 'unnamed model'
    return { name, beside: row.profileName ?? '', title: name }
  }
  if (by === 'profile') return { name: row.profileName ?? row.key, beside: '', title: row.profileName ?? row.key }
  const folder = row.cwd ?? row.key
  return { name: folderName(folder), beside: '', title: folder }
}
