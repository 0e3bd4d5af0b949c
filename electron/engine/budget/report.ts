import { SessionId } from '#shared/ids.ts'
import { monthOf } from '#shared/spending/day.ts'
import { noSpending } from '#shared/spending/no-spending.ts'
import type { SpendingQuery, SpendingReport, SpendingRow } from '#shared/spending/spending.ts'
import type { LedgerStore } from './ledger-files.ts'
import { isInvented, readLine, type SpendLine } from './ledger-line.ts'
import { addSpend, knownCost } from './spending.ts'

/** Hands every readable call of the range to `onLine`, in the order of the files. `FailureError` `storage`. */
export async function readRange(
  files: LedgerStore,
  query: SpendingQuery,
  onLine: (line: SpendLine) => void,
): Promise<void> {
  const { from, to, profileId } = query
  for (const month of await files.months()) {
    if (month < monthOf(from) || month > monthOf(to)) continue
    await files.read(month, 0, (text) => {
      const line = readLine(text)
      if (line?.type !== 'spend' || isInvented(line) || line.day < from || line.day > to) return
      if (profileId === null || line.profile === profileId) onLine(line)
    })
  }
}

const SESSIONS = 50

export interface ReportSources {
  files: LedgerStore
  revision: number
  /** undefined = the session is gone. */
  titleOf(sessionId: string): string | undefined
}

/** Sums of a range by everything that a person may ask for, in one pass. `FailureError` `storage`. */
export async function makeReport(query: SpendingQuery, sources: ReportSources): Promise<SpendingReport> {
  const total = noSpending()
  const days = new Map<string, SpendingRow>()
  const hours = new Map<string, SpendingRow>()
  const profiles = new Map<string, SpendingRow>()
  const models = new Map<string, SpendingRow>()
  const projects = new Map<string, SpendingRow>()
  const sessions = new Map<string, SpendingRow>()
  await readRange(sources.files, query, (line) => {
    addSpend(total, line)
    if (query.from === query.to) add(hours, String(new Date(line.at).getHours()).padStart(2, '0'), line)
    const profile = { profileId: line.profile, profileName: line.profileName, kind: line.kind }
    add(days, line.day, line)
    // The newest name is the one that the person knows.
    Object.assign(add(profiles, line.profile, line), profile)
    Object.assign(add(models, `${line.model} ${line.profile}`, line), { model: line.model, ...profile })
    add(projects, line.cwd, line).cwd = line.cwd
    Object.assign(add(sessions, line.session, line), { cwd: line.cwd, model: line.model, ...profile })
  })
  return {
    query,
    revision: sources.revision,
    total,
    days: inOrder(days),
    hours: inOrder(hours),
    profiles: costliestFirst(profiles),
    models: costliestFirst(models),
    projects: costliestFirst(projects),
    sessions: costliestFirst(sessions)
      .slice(0, SESSIONS)
      .map((row) => withSession(row, sources)),
  }
}

function add(rows: Map<string, SpendingRow>, key: string, line: SpendLine): SpendingRow {
  let row = rows.get(key)
  if (!row) {
    row = { key, spending: noSpending() }
    rows.set(key, row)
  }
  addSpend(row.spending, line)
  return row
}

function inOrder(rows: Map<string, SpendingRow>): SpendingRow[] {
  return [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** By money, and where nobody knows it by tokens. */
function costliestFirst(rows: Map<string, SpendingRow>): SpendingRow[] {
  const tokens = ({ spending }: SpendingRow) => spending.inputTokens + spending.outputTokens
  return [...rows.values()].sort((a, b) => knownCost(b.spending) - knownCost(a.spending) || tokens(b) - tokens(a))
}

function withSession(row: SpendingRow, { titleOf }: ReportSources): SpendingRow {
  const sessionId = SessionId.safeParse(row.key)
  const title = titleOf(row.key)
  return { ...row, ...(sessionId.success && { sessionId: sessionId.data }), ...(title !== undefined && { title }) }
}
