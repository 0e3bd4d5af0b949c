import { csvCell } from '#shared/lib/csv.ts'
import type { SpendLine } from './ledger-line.ts'

const columns = [
  'at',
  'day',
  'label',
  'profile',
  'profileName',
  'kind',
  'model',
  'cwd',
  'session',
  'run',
  'input',
  'cached',
  'output',
  'reasoning',
  'counted',
  'cost',
  'costSource',
  'saved',
  'toolCalls',
  'ms',
] as const

/** Calls as a file for other programs; `cost` and `saved` are micro-dollars, empty or null = not known. */
export function exportText(lines: readonly SpendLine[], format: 'csv' | 'json'): string {
  const rows = lines.map(row)
  if (format === 'json') return `${JSON.stringify(rows, null, 2)}\n`
  const table = [columns, ...rows.map((cells) => columns.map((name) => cells[name]))]
  return table.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('')
}

type Row = Record<(typeof columns)[number], string | number | null>

function row({ type: _type, tools, at, ...line }: SpendLine): Row {
  const toolCalls = Object.values(tools).reduce((sum, count) => sum + count, 0)
  return { at: new Date(at).toISOString(), ...line, toolCalls }
}
