/** `1,234,567`. */
export function groupedCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A number with its noun, for people: `1 file`, `3 files`, `1,200 matches`. `many`: where the plural is not the word with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${groupedCount(count)} ${count === 1 ? one : many}`
}

/** A count with its word for a model, which may reckon with it: `1200 matches`. */
export function plainCounted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
