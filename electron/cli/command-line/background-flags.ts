import { toggle } from './flag.ts'

const help = toggle('Show this help.')

export const psFlags = {
  json: toggle('Print one JSON array.'),
  watch: toggle('Stay, and show changes as they come; Ctrl-C ends it.'),
  help,
}
