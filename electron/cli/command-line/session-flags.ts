import { count, filled, toggle } from './flag.ts'

export const sessionsFlags = {
  limit: count('Show so many, the newest; a terminal shows 50.'),
  cwd: filled('<folder>', 'Only those that work in this folder.'),
  json: toggle('Print one JSON array.'),
  help: toggle('Show this help.'),
}
