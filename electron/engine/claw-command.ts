import { existsSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'

export interface ClawSurroundings {
  env: Readonly<Record<string, string | undefined>>
  /** The built `claw.js`. */
  program: string
  /** Where the person stands; null = nobody knows. */
  cwd: string | null
}

/**
 * How a person starts the terminal program: `claw` where the PATH has it, else through npm where this is a checkout, else
 * the file itself. For the beginning of a process: it asks the disk and waits.
 */
export function findClawCommand({ env, program, cwd }: ClawSurroundings): string {
  const names = process.platform === 'win32' ? ['claw.cmd', 'claw.exe'] : ['claw']
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  if (folders.some((folder) => names.some((name) => existsSync(join(folder, name))))) return 'claw'
  const root = join(program, '../../..')
  if (!existsSync(join(root, 'scripts', 'claw.mjs'))) return `node ${quoted(program)}`
  const isInside = cwd !== null && !/^\.\.|^[a-zA-Z]:|^\//.test(relative(root, cwd))
  return isInside ? 'npm run claw --' : `npm --prefix ${quoted(root)} run claw --`
}

function quoted(path: string): string {
  return /^[\w./:@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
