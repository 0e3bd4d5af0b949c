interface Listed {
  startedAt: number
  runId: string
}

/** The order of a list of runs. Ids are ASCII; comparing them as words would load the rules of a language. */
export function newestFirst(a: Listed, b: Listed): number {
  return b.startedAt - a.startedAt || Number(a.runId < b.runId) - Number(a.runId > b.runId)
}
