import { resolve } from 'node:path'
import envPaths from 'env-paths'

/** Where everything of this app is kept, the same for window and terminal: CLAW_HOME, else the platform's place. */
export function dataFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env.CLAW_HOME ? resolve(env.CLAW_HOME) : envPaths('claw-code-agent', { suffix: '' }).data
}
