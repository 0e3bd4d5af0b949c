import type { Token, Tokens } from 'marked'

/**
 * Takes over the parts of a list or a table that did not change since the last lex, so that the memoised parts of the
 * screen are left alone: a list of a thousand items grows by one.
 */
export function reuseParts(token: Token, old: Token): void {
  if (token.type === 'list' && old.type === 'list') reuseItems(token as Tokens.List, old as Tokens.List)
  else if (token.type === 'table' && old.type === 'table') reuseRows(token as Tokens.Table, old as Tokens.Table)
}

function reuseItems(list: Tokens.List, old: Tokens.List): void {
  for (const [index, item] of list.items.entries()) {
    const same = old.items[index]
    if (same?.raw === item.raw && same.text === item.text && same.loose === item.loose) list.items[index] = same
  }
}

function reuseRows(table: Tokens.Table, old: Tokens.Table): void {
  if (table.align.join() !== old.align.join()) return
  for (const [index, row] of table.rows.entries()) {
    const same = old.rows[index]
    if (same?.length === row.length && same.every((cell, column) => cell.text === row[column]?.text)) {
      table.rows[index] = same
    }
  }
}
