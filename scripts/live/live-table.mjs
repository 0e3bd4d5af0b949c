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

/** @param {Result[]} results */
function tableOf(results) {
  const names = [...new Set(results.flatMap(({ cells }) => [...cells.keys()]))]
  const head = ['', ...results.map(({ name }) => name)]
  const word = (/** @type {import('./journey.mjs').Cell | undefined} */ cell) =>
    !cell || cell.state === 'none' ? '–' : cell.state
  return [head, ...names.map((name) => [name, ...results.map(({ cells }) => word(cells.get(name)))])]
}
