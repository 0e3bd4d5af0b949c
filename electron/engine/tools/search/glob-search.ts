import { z } from 'zod'
import { plainCounted } from '#shared/lib/counted.ts'
import { locate, withFolder } from '../contain/contained-path.ts'
import { defineTool } from '../contract/define-tool.ts'
import { shownName } from '../contract/shown-name.ts'
import type { ToolContext } from '../contract/tool.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import { isAllowed, shownPath } from '../contract/workspace.ts'
import { globMatcher } from './glob-pattern.ts'
import { assertPattern, ripgrep, unreadableNote } from './ripgrep.ts'
import { isFolder, realFiles, unlessGone } from './search-place.ts'

const MAX_FILES = 200

export const globSearchTool = defineTool({
  name: 'glob_search',
  description: 'Find files by name, such as *.ts or src/**/*.test.ts. Skips ignored and hidden files.',
  input: z.object({ pattern: z.string().min(1) }),
  access: 'read',
  kind: 'search',
  describe: ({ pattern }) => ({ verb: 'Find', target: pattern }),
  async run({ pattern }, context) {
    assertPattern(pattern)
    const { root, addedFolders } = context.workspace
    const wanted = pattern.startsWith(`${root}/`) ? pattern.slice(root.length + 1) : pattern
    if (wanted.split('/').includes('..')) {
      throw new ToolProblem('A pattern cannot contain "..": it is matched inside of the workspace.', 'wrong pattern')
    }
    const found: Found = { files: new Map(), unreadable: 0 }
    for (const folder of [root, ...addedFolders]) await searchIn({ real: folder, asked: '' }, wanted, context, found)
    // Who names a folder, or a file, means what is there: behind a link as well, and whatever git leaves out.
    const named = found.files.size === 0 ? await namedFolder(wanted, context) : null
    if (named) await searchIn(named, wanted, context, found, ['--no-ignore'])
    const all = [...found.files].sort(([, a], [, b]) => (a < b ? -1 : 1))
    const first = new Set(
      await realFiles(
        context.workspace,
        all.slice(0, MAX_FILES).map(([real]) => real),
      ),
    )
    const names = all.flatMap(([real, shown]) => (first.has(real) ? [shownName(shown)] : []))
    const notes = unreadableNote(found.unreadable)
    if (names.length === 0) {
      const noMatch = `No file matches ${pattern}. Ignored and hidden files were left out.`
      return { ok: true, output: [noMatch, ...notes].join('\n'), summary: 'no files' }
    }
    const rest = all.length - MAX_FILES
    if (rest > 0) notes.unshift(`[${rest} more; use a narrower pattern]`)
    return {
      ok: true,
      output: [...names, ...notes].join('\n'),
      summary: plainCounted(rest > 0 ? all.length : names.length, 'file'),
    }
  },
})

interface Found {
  /** By real path, what is shown. */
  files: Map<string, string>
  unreadable: number
}

/** A folder to look in, and how the pattern calls it. */
interface Start {
  real: string
  asked: string
}

async function searchIn(
  start: Start,
  pattern: string,
  { workspace, signal }: ToolContext,
  found: Found,
  more: readonly string[] = [],
): Promise<void> {
  const matches = globMatcher(pattern)
  const onRecord = (path: string) => {
    const real = `${start.real}/${path}`
    const asked = start.asked === '' ? path : `${start.asked}/${path}`
    if (!matches(asked) || !isAllowed(workspace, real)) return true
    found.files.set(real, start.asked === '' ? shownPath(workspace, real) : asked)
    return true
  }
  const options = ['--files', '--null', ...hiddenOptions(pattern), ...more]
  const { problem, unreadable } = await withFolder(workspace, start.real, (folder) =>
    ripgrep({ folder, options, separator: '\0', signal, onRecord }),
  )
  found.unreadable += unreadable
  if (problem && found.files.size === 0) throw new ToolProblem(problem, 'search failed')
}

/** The folder that the pattern begins with, if it is there; of a pattern that is a plain name, the workspace. */
async function namedFolder(pattern: string, { workspace }: ToolContext): Promise<Start | null> {
  const segments = pattern.replace(/^(\.?\/)+/, '').split('/')
  const firstWild = segments.findIndex((segment) => /[*?[{]/.test(segment))
  const isPlain = firstWild === -1
  const asked = segments.slice(0, isPlain ? -1 : firstWild).join('/')
  if (asked === '' && !isPlain) return null
  return await unlessGone(null, async () => {
    const { real, exists } = await locate(workspace, asked === '' ? '.' : asked)
    return exists && (await isFolder(workspace, real)) ? { real, asked } : null
  })
}

/** Hidden files only for a pattern that names one; git's own folder never. */
export function hiddenOptions(pathOrPattern: string): string[] {
  return /(^|\/)\.[^./]/.test(pathOrPattern) ? ['--hidden', '--glob=!.git'] : []
}
