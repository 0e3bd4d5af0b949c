import { join } from 'node:path'
import { dataFolder } from '../engine/data-folder.ts'

/** The list of runs, which scripts and people ask for again and again, without the rest of the program where that will do. */
async function isAnswered([command, ...args]: readonly string[]): Promise<boolean> {
  if (command !== 'agent-ps') return false
  const { quickPs } = await import('./quick/quick-ps.ts')
  return await quickPs(args, dataFolder(process.env))
}

async function start(args: readonly string[]): Promise<void> {
  if (await isAnswered(args)) return
  const { keepCompiled } = await import('../engine/compiled.ts')
  keepCompiled(join(dataFolder(process.env), 'cache'), args[0] ?? '')
  await import('./program.ts')
}

void start(process.argv.slice(2))
