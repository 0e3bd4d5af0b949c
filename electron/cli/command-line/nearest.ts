/** The one that was perhaps meant: it begins so, or a slip or two away; undefined = none is near. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  if (wanted.replace(/^-+/, '').length < 2) return undefined
  const beginning = names.find((name) => name.startsWith(wanted))
  if (beginning) return beginning
  const most = wanted.length < 5 ? 1 : 2
  const [best] = names
    .map((name) => ({ name, slips: slipsBetween(name, wanted) }))
    .filter(({ slips }) => slips <= most)
    .sort((a, b) => a.slips - b.slips)
  return best?.name
}

/** Letters that differ, are missing or too many, or changed places. */
export function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 64) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let slips = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        slips = Math.min(slips, (before[j - 2] ?? 0) + 1)
      row.push(slips)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}
