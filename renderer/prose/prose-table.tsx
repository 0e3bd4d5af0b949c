import type { Tokens } from 'marked'
import { memo } from 'react'
import { Inline } from './inline.tsx'

/** A table. Its words stay whole: where they need more width than there is, it scrolls. */
export function ProseTable({ table }: { table: Tokens.Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, also for those without a mouse
    <section className="table-scroll" tabIndex={0} aria-label="Table">
      <table>
        <thead>
          <tr>
            {table.header.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name
              <th key={column} dir="auto" style={{ textAlign: cell.align ?? 'start' }}>
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end, so a place is an identity
            <TableRow key={index} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

const TableRow = memo(function TableRow({ row }: { row: Tokens.TableCell[] }) {
  return (
    <tr>
      {row.map((cell, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name
        <td key={column} dir="auto" style={{ textAlign: cell.align ?? 'start' }}>
          <Inline tokens={cell.tokens} />
        </td>
      ))}
    </tr>
  )
})
