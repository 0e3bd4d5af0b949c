import { count, filled, toggle } from './flag.ts'
import type { FlagValues } from './parse-flags.ts'

export const sessionsFlags = {
  limit: count('Show so many, the newest; a terminal shows 50.'),
  cwd: filled('<folder>', 'Only those that work in this folder.'),
  yes: toggle('Remove without asking again.'),
  json: toggle('Print one JSON array.'),
  help: toggle('Show this help.'),
}

export type SessionsFlags = FlagValues<typeof sessionsFlags>
