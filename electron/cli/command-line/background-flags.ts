import { count, toggle } from './flag.ts'
import type { FlagValues } from './parse-flags.ts'
import { runFlags } from './run-flags.ts'

const help = toggle('Show this help.')

export const psFlags = {
  json: toggle('Print one JSON array.'),
  pause: toggle('Hold all background runs before their next model call, until --go-on.'),
  'go-on': toggle('Let them go on.'),
  watch: toggle('Stay, and show changes as they come; Ctrl-C ends it.'),
  help,
}

export const bgFlags = {
  ...runFlags,
  worktree: toggle('Work in a git worktree of its own, on a new branch, beside the repository.'),
  'same-folder': toggle('Work in the folder although something works there already.'),
}
export type BgFlags = FlagValues<typeof bgFlags>
export const logsFlags = {
  follow: toggle('Stay until the run is over, and show what comes.'),
  tail: count('Only the last so many lines.'),
  json: toggle('Print one JSON object a line, as agent --json does.'),
  help,
}
export const attachFlags = { json: toggle('Print one JSON object a line, and ask nothing.'), help }
export const killFlags = {
  all: toggle('Every run that is not over.'),
  force: toggle('At once, without the time to stop in order.'),
  help,
}
