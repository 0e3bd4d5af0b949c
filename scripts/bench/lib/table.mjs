// @ts-check

/**
 * One line of a benchmark: the floor, what ours costs, and the ratio of the same run.
 * @typedef {{ name: string, unit: string, floor: number | null, ours: number, target: number | null }} Row
 * `target` is the largest ratio that is wanted (or the largest value, where there is no floor); null = only shown.
 */

/** @param {number[]} values @returns {number} not a number where there are none */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const [low = Number.NaN, high = low] = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1)
  return (low + high) / 2
}

const HEAD = ['', 'floor', 'ours', 'ratio', 'wanted', '']

/** @param {Row[]} rows */
export function printTable(rows) {
  const lines = [HEAD, ...rows.map(cells)]
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  for (const line of lines) {
    const padded = line.map((cell, column) => cell[column === 0 ? 'padEnd' : 'padStart'](widths[column] ?? 0))
    console.log(padded.join('  '))
  }
}

/** For `all.mjs`, which gathers the rows of every benchmark. @param {Row[]} rows */
export function report(rows) {
  printTable(rows)
  if (process.send) process.send(rows)
}

/** @param {Row} row */
function cells({ name, unit, floor, ours, target }) {
  const ratio = floor === null ? null : ours / floor
  const measured = ratio ?? ours
  const verdict = target === null ? '' : measured <= target ? 'ok' : 'missed'
  return [
    `${name} (${unit})`,
    floor === null ? '–' : number(floor),
    number(ours),
    ratio === null ? '–' : ratio.toFixed(2),
    target === null ? '' : `≤ ${target}`,
    verdict,
  ]
}

/** @param {number} value */
function number(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
