import type { SessionId } from '#shared/ids.ts'
import type { SpendingReport, SpendingRow } from '#shared/spending/spending.ts'
import { focusMessage } from '../lib/focus.ts'
import { folderName, formatCount } from '../lib/format.ts'
import { useRouteStore } from '../stores/route-store.ts'
import { costSource, costWords, totalTokens } from './spent.ts'
import { Swatch } from './swatch.tsx'

const SHOWN = 8

/** The sessions that cost most, or used most where nobody knows the cost. `span` = "this month", "23–29 November 2026". */
export function SessionsCard({ report, span }: { report: SpendingReport; span: string }) {
  const rows = report.sessions.slice(0, SHOWN)
  return (
    <section className="card sessions-card" aria-label="Costliest sessions">
      <div className="ch">
        <h2>Costliest sessions</h2>
        <span className="xs ink3">{span}</span>
      </div>
      {rows.length === 0 ? (
        <p className="cb ink2">No session used anything.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls sideways has to be reachable by keys
        <section className="sessions-scroll" tabIndex={0} aria-label="Table of sessions">
          <table className="tbl">
            <caption className="sr">Costliest sessions {span}</caption>
            <thead>
              <tr>
                <th scope="col">Session</th>
                <th scope="col" className="hide-s">
                  Folder
                </th>
                <th scope="col" className="hide-s">
                  Model
                </th>
                <th scope="col" className="num">
                  Tokens
                </th>
                <th scope="col" className="num">
                  Cost
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <SessionRow key={row.key} row={row} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}

function SessionRow({ row }: { row: SpendingRow }) {
  const { sessionId, title, cwd = '', model, profileName } = row
  const answeredBy = [model, profileName].filter(Boolean).join(' · ')
  return (
    <tr>
      <td className="cut">
        {sessionId && title !== undefined ? (
          <a
            className="med"
            href={`#chat/${sessionId}`}
            title={title}
            onClick={(event) => {
              event.preventDefault()
              open(sessionId)
            }}
          >
            {title || 'New chat'}
          </a>
        ) : (
          <span className="ink3">a removed session</span>
        )}
      </td>
      <td className="ink2 cut hide-s" title={cwd}>
        {folderName(cwd)}
      </td>
      <td className="ink2 cut hide-s" title={answeredBy}>
        {answeredBy}
      </td>
      <td className="num">{formatCount(totalTokens(row.spending))}</td>
      <td className="num">
        <Cost row={row} />
      </td>
    </tr>
  )
}

function Cost({ row: { spending } }: { row: SpendingRow }) {
  const source = costSource(spending)
  if (source === 'free' || source === 'none') return <span className="ink2">{costWords(spending)}</span>
  return (
    <span className="row legend end-row">
      <Swatch kind={source} />
      <span className={source === 'unknown' ? 'ink2' : 'med'}>{costWords(spending)}</span>
      {source !== 'unknown' && <span className="sr">{source}</span>}
    </span>
  )
}

function open(sessionId: SessionId): void {
  useRouteStore.getState().go('chat', sessionId)
  focusMessage()
}
