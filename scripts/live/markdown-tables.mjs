// @ts-check

/** @typedef {import('./kept-results.mjs').KeptResult} KeptResult */

/**
 * The tables of README.md: the servers that made the whole journey side by side, the other ways to run them one a line.
 *
 * @param {import('./servers.mjs').Column[]} columns
 * @param {KeptResult[]} results
 */
export function markdownTables(columns, results) {
  const inOrder = columns.flatMap((column) => {
    const result = results.find(({ name }) => name === column.name)
    return result ? [{ column, result }] : []
  })
  const whole = inOrder.filter(({ column }) => !column.own && column.window !== false)
  const names = [...new Set(whole.flatMap(({ result }) => [...result.cells.keys()]))]
  const rows = [
    ['', ...whole.map(({ result }) => `${result.name} (${result.version}, ${result.date})`)],
    ['---', ...whole.map(() => '---')],
    ...names.map((name) => [name, ...whole.map(({ result }) => word(result.cells.get(name)))]),
  ]
  const others = inOrder
    .filter(({ column }) => column.own || column.window === false)
    .map(({ result }) => [
      `${result.name} (${result.version}, ${result.date})`,
      [...result.cells].map(([name, cell]) => `${name}: ${word(cell)}`).join('; '),
    ])
  return [table(rows), '', table([['', 'seen'], ['---', '---'], ...others])].join('\n')
}

/** @param {import('./journey.mjs').Cell | undefined} cell */
function word(cell) {
  if (!cell || cell.state === 'none') return '–'
  return [cell.state, cell.remark].filter(Boolean).join(', ').replaceAll('|', '\\|')
}

/** @param {string[][]} rows */
function table(rows) {
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}
