import { access, constants } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'

const known = new Map<string, Promise<string>>()

/** The shell that commands are written for: bash where the path has it, as models expect, else sh. */
export function commandShell(path: string): Promise<string> {
  let shell = known.get(path)
  if (!shell) {
    shell = findShell(path)
    known.set(path, shell)
  }
  return shell
}

async function findShell(path: string): Promise<string> {
  for (const folder of path.split(':').filter(isAbsolute)) {
    try {
      await access(join(folder, 'bash'), constants.X_OK)
      return 'bash'
    } catch {
      // Not in this one.
    }
  }
  return 'sh'
}
