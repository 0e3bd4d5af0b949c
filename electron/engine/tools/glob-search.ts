import { z } from 'zod'
import { withFolder } from './contained-path.ts'
import { defineTool } from './define-tool.ts'
import { globMatcher } from './glob-pattern.ts'
import { ripgrep } from './ripgrep.ts'
import { ToolProblem } from './tool-problem.ts'
import { counted } from './words.ts'
import { isAllowed, shownPath } from './workspace.ts'

const MAX_FILES = 200

export const globSearchTool = defineTool({
  name: 'glob_search',
  description: 'Find files by name, such as *.ts or src/**/*.test.ts. Skips ignored and hidden files.',
  input: z.object({ pattern: z.string().min(1) }),
  access: 'read',
  describe: ({ pattern }) => ({ verb: 'Find', target: pattern }),
  async run({ pattern }, { workspace, signal }) {
    const { root, addedFolders } = workspace
    const wanted = pattern.startsWith(`${root}/`) ? pattern.slice(root.length + 1) : pattern
    if (wanted.split('/').includes('..')) {
      throw new ToolProblem('A pattern cannot contain "..": it is matched inside of the workspace.', 'wrong pattern')
    }
    const matches = globMatcher(wanted)
    const files: string[] = []
    for (const folder of [root, ...addedFolders]) {
      const { problem } = await withFolder(workspace, folder, (held) =>
        ripgrep(held, ['--files', ...hiddenOptions(wanted)], signal, (path) => {
          const real = `${folder}/${path}`
          if (matches(path) && isAllowed(workspace, real)) files.push(shownPath(workspace, real))
          return true
        }),
      )
      if (problem && files.length === 0) throw new ToolProblem(problem, 'search failed')
    }
    if (files.length === 0) {
      return {
        ok: true,
        output: `No file matches ${pattern}. Ignored and hidden files were left out.`,
        summary: 'no files',
      }
    }
    files.sort()
    const rest = files.length - MAX_FILES
    const shown = rest > 0 ? [...files.slice(0, MAX_FILES), `[${rest} more; use a narrower pattern]`] : files
    return { ok: true, output: shown.join('\n'), summary: counted(files.length, 'file') }
  },
})

/** Hidden files only for a pattern that names one; git's own folder never. */
export function hiddenOptions(pathOrPattern: string): string[] {
  return /(^|\/)\.[^./]/.test(pathOrPattern) ? ['--hidden', '--glob=!.git'] : []
}
