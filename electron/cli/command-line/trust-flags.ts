import { texts, toggle } from './flag.ts'

export const trustFlags = {
  show: toggle('Only show what applies, and from which file.'),
  revoke: toggle('Take trust back: texts, variables, raised limits and AGENTS.md no longer count.'),
  yes: toggle('Trust without asking again.'),
  'add-dir': texts('<folder>', 'Look also in this folder, as a run with the same flag does; may be repeated.'),
  json: toggle('Print what applies as one JSON object.'),
  help: toggle('Show this help.'),
}
