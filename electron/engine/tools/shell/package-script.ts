import { z } from 'zod'
import { simpleWords } from '../approval/command-words.ts'
import { readWhole } from '../contain/contained-file.ts'
import { locate } from '../contain/contained-path.ts'
import type { Workspace } from '../contract/workspace.ts'

const Package = z.object({ scripts: z.record(z.string(), z.string()) })

/** What `npm test` or `npm run x` really runs, or null if it is no such command or nothing is known of it. */
export async function packageScript(workspace: Workspace, command: string): Promise<string | null> {
  const [program = '', verb = '', third = ''] = simpleWords(command) ?? []
  if (!['npm', 'pnpm', 'yarn', 'bun'].includes(program)) return null
  const name = verb === 'run' || verb === 'run-script' ? third : verb === 't' ? 'test' : verb
  if (verb === name && !['test', 'start', 'stop', 'restart'].includes(name)) return null
  try {
    const file = await readWhole(workspace, await locate(workspace, 'package.json'))
    const { scripts } = Package.parse(JSON.parse(file?.bytes.toString('utf8') ?? ''))
    const steps = [`pre${name}`, name, `post${name}`].flatMap((step) => scripts[step] ?? [])
    return scripts[name] === undefined ? null : steps.join(' && ')
  } catch {
    // No package.json, or one that cannot be read: npm will say so, here it is only a courtesy.
    return null
  }
}
