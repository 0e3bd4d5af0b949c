import { basename, dirname } from 'node:path'
import { z } from 'zod'
import { locate, type Place, withFolder } from './contained-path.ts'
import { defineTool } from './define-tool.ts'
import { hiddenOptions } from './glob-search.ts'
import { ripgrep } from './ripgrep.ts'
import type { ToolContext } from './tool.ts'
import { ToolProblem } from './tool-problem.ts'
import { counted } from './words.ts'
import { isAllowed, shownPath } from './workspace.ts'

const MAX_MATCHES = 200
const MAX_LINE = 200

export const grepSearchTool = defineTool({
  name: 'grep_search',
  description:
    'Search file contents for a regular expression, in the workspace or in path. Skips ignored and hidden files.',
  input: z.object({ pattern: z.string().min(1), path: z.string().optional() }),
  access: 'read',
  describe: ({ pattern, path }) => ({ verb: 'Search', target: path ? `${pattern} in ${path}` : pattern }),
  async run({ pattern, path }, context) {
    const places = path
      ? [await locate(context.workspace, path)]
      : await Promise.all(
          [context.workspace.root, ...context.workspace.addedFolders].map((folder) =>
            locate(context.workspace, folder),
          ),
        )
    const found: Found = { files: new Map(), matches: 0, cut: false }
    for (const place of places) await searchIn(place, pattern, context, found)
    if (found.matches === 0) {
      return { ok: true, output: `Nothing matches ${pattern}${path ? ` in ${path}` : ''}.`, summary: 'no matches' }
    }
    const text = [...found.files].map(([file, lines]) => [file, ...lines].join('\n'))
    if (found.cut) text.push(`[more than ${MAX_MATCHES} matches; use a narrower pattern or path]`)
    const matches = `${found.cut ? 'over ' : ''}${counted(found.matches, 'match', 'matches')}`
    return { ok: true, output: text.join('\n\n'), summary: `${matches} in ${counted(found.files.size, 'file')}` }
  },
})

interface Found {
  /** Lines such as `12: text`, by file, in the order of the paths. */
  files: Map<string, string[]>
  matches: number
  cut: boolean
}

async function searchIn(
  place: Place,
  pattern: string,
  { workspace, signal }: ToolContext,
  found: Found,
): Promise<void> {
  if (!place.exists) throw new ToolProblem(`${place.shown} does not exist.`, 'not found')
  const options = [
    ...['--line-number', '--with-filename', '--no-heading', '--null', '--sort=path', '--engine=auto'],
    ...[`--max-columns=${MAX_LINE}`, '--max-columns-preview', ...hiddenOptions(place.shown)],
    ...(/\\n|\n/.test(pattern) ? ['--multiline'] : []),
    `--regexp=${pattern}`,
    '--',
  ]
  const search = (folder: string, inside: string, target: string) =>
    withFolder(workspace, folder, (held) =>
      ripgrep(held, [...options, target], signal, (line) => {
        if (found.matches >= MAX_MATCHES) {
          found.cut = true
          return false
        }
        const [file = '', match] = line.split('\0')
        if (match === undefined) return true
        const real = `${inside}/${file.replace(/^\.\//, '')}`
        if (!isAllowed(workspace, real)) return true
        const name = shownPath(workspace, real)
        const lines = found.files.get(name) ?? []
        found.files.set(name, lines)
        lines.push(match.replace(/^(\d+):/, '$1: ').replace(/\r$/, ''))
        found.matches += 1
        return true
      }),
    )
  const isFolder = await withFolder(workspace, place.real, async () => true).catch((error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return false
    throw error
  })
  const { problem } = isFolder
    ? await search(place.real, place.real, './')
    : await search(dirname(place.real), dirname(place.real), `./${basename(place.real)}`)
  if (problem && found.matches === 0) throw new ToolProblem(problem, 'search failed')
}
