import { toggle } from './flag.ts'

export const installFlags = {
  remove: toggle('Take it off the PATH again.'),
  help: toggle('Show this help.'),
}
export const completionFlags = { help: toggle('Show this help.') }
