/** What stands in the last row of the terminal until it is let go, such as a question: other text is written above it. */
export interface HeldRow {
  erase(): void
  draw(): void
}

let held: HeldRow | null = null

/** Returns what lets the row go. */
export function holdRow(row: HeldRow): () => void {
  held = row
  return () => {
    if (held === row) held = null
  }
}

export function isRowHeld(): boolean {
  return held !== null
}

/** Where something else has written over it, such as a shell. */
export function redrawRow(): void {
  held?.draw()
}

/** Writes whole lines to a terminal, above a row that is held. */
export function writeAbove(write: () => void): void {
  const row = held
  row?.erase()
  write()
  row?.draw()
}
