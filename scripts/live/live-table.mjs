// @ts-check

/** @typedef {{ name: string, version: string, cells: import('./journey.mjs').Cells }} Result of one column */

/** Checks down, servers across: `ok`, `missed`, `–`. @param {Result[]} results */
export function printLiveTable(results) {
  const rows = tableOf(results)
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

/** For README.md, with what was remarked. @param {Result[]} results */
export function markdownTable(results) {
  const [head = [], ...rows] = tableOf(results, true)
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** @param {Result[]} results @param {boolean} [remarks] */
function tableOf(results, remarks = false) {
  const names = [...new Set(results.flatMap(({ cells }) => [...cells.keys()]))]
  const head = ['', ...results.map(({ name, version }) => `${name} ${version}`)]
  const word = (/** @type {import('./journey.mjs').Cell | undefined} */ cell) => {
    if (!cell || cell.state === 'none') return '–'
    return remarks && cell.state === 'ok' && cell.remark ? `ok, ${cell.remark}` : cell.state
  }
  return [head, ...names.map((name) => [name, ...results.map(({ cells }) => word(cells.get(name)))])]
}
