import { mkdirSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'
import { dataFolder } from '../engine/data-folder.ts'

/**
 * Lets Node keep the compiled program from one start to the next, where it can (from 22.1 on): compiling is the largest
 * part of a start that is ours to save. In the private data folder, because what stands there is run.
 */
function keepCompiled(): void {
  if (!('enableCompileCache' in module) || typeof module.enableCompileCache !== 'function') return
  const folder = join(dataFolder(process.env), 'cache')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch {
    // A folder that cannot be written: whoever needs it says so, and this start takes a moment longer.
    return
  }
  module.enableCompileCache(folder)
}

/** The list of runs, which scripts and people ask for again and again, without the rest of the program where that will do. */
async function isAnswered([command, ...args]: readonly string[]): Promise<boolean> {
  if (command !== 'agent-ps') return false
  const { quickPs } = await import('./quick/quick-ps.ts')
  return await quickPs(args, dataFolder(process.env))
}

async function start(): Promise<void> {
  keepCompiled()
  if (!(await isAnswered(process.argv.slice(2)))) await import('./program.ts')
}

void start()
