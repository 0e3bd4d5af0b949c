import { dirname } from 'node:path'
import { z } from 'zod'
import { plainCounted } from '#shared/lib/counted.ts'
import { beginningOf } from '#shared/lib/whole-characters.ts'
import { withFile } from '../contain/contained-file.ts'
import { assertThere, type ContainedPath, locate, withFolder } from '../contain/contained-path.ts'
import { defineTool } from '../contract/define-tool.ts'
import { shownName } from '../contract/shown-name.ts'
import type { ToolContext } from '../contract/tool.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import { isAllowed, shownPath } from '../contract/workspace.ts'
import { fileLines } from '../files/file-lines.ts'
import { hiddenOptions } from './glob-search.ts'
import { assertPattern, ripgrep, unreadableNote } from './ripgrep.ts'
import { isFolder, unlessGone } from './search-place.ts'

const MAX_MATCHES = 200
/** What is shown of a line that is longer: so much, and so much of it before the match. */
const MAX_LINE = 200
const BEFORE_MATCH = 60

export const grepSearchTool = defineTool({
  name: 'grep_search',
  description:
    'Search file contents for a regular expression, in the workspace or in path. Skips ignored and hidden files.',
  input: z.object({ pattern: z.string().min(1), path: z.string().optional() }),
  access: 'read',
  kind: 'search',
  describe: ({ pattern, path }) => ({ verb: 'Search', target: path ? `${pattern} in ${path}` : pattern }),
  async run({ pattern, path }, context) {
    assertPattern(pattern)
    const { root, addedFolders } = context.workspace
    const places = await Promise.all(
      (path ? [path] : [root, ...addedFolders]).map((each) => locate(context.workspace, each)),
    )
    const found: Found = { lines: new Map(), matches: 0, cut: false, unreadable: 0 }
    for (const place of places) await searchIn(place, pattern, context, found)
    // Who names a place means what is in it, whatever git leaves out.
    const ignored = path !== undefined && found.matches === 0
    if (ignored) for (const place of places) await searchIn(place, pattern, context, found, ['--no-ignore'])
    const files = await shownFiles(found, context)
    const notes = unreadableNote(found.unreadable)
    if (files.length === 0) {
      const noMatch = `Nothing matches ${pattern}${path ? ` in ${path}` : ''}.`
      return { ok: true, output: [noMatch, ...notes].join('\n'), summary: 'no matches' }
    }
    if (found.cut) notes.unshift(`[more than ${MAX_MATCHES} matches; use a narrower pattern or path]`)
    if (ignored) notes.push('[all of it in files that are ignored]')
    const count = files.reduce((sum, { count: lines }) => sum + lines, 0)
    const matches = `${found.cut ? 'over ' : ''}${plainCounted(count, 'match', 'matches')}`
    return {
      ok: true,
      output: [...files.map(({ text }) => text), ...notes].join('\n\n'),
      summary: `${matches} in ${plainCounted(files.length, 'file')}`,
    }
  },
})

interface Found {
  /** By real path, in the order of the paths: the numbers of lines, and where in the line the match begins, in bytes. */
  lines: Map<string, Map<number, number>>
  matches: number
  cut: boolean
  unreadable: number
}

async function searchIn(
  place: ContainedPath,
  pattern: string,
  { workspace, signal }: ToolContext,
  found: Found,
  more: readonly string[] = [],
): Promise<void> {
  await assertThere(workspace, place)
  const options = [
    ...['--line-number', '--column', '--with-filename', '--no-heading', '--null', '--sort=path', '--engine=auto'],
    // The lines themselves are read from files that are held; here only where they are counts.
    ...['--max-columns=1', ...hiddenOptions(place.shown), ...more],
    ...(/\\n|\n/.test(pattern) ? ['--multiline'] : []),
    `--regexp=${pattern}`,
    '--',
  ]
  let name = ''
  const onRecord = (record: string) => {
    const [start, match] = record.split('\0')
    name += start
    if (match === undefined) {
      // A name with a line break goes on.
      name += '\n'
      return true
    }
    const real = isSingle ? place.real : `${place.real}/${name.replace(/^\.\//, '')}`
    name = ''
    const [number = 0, column = 1] = match.split(':', 2).map(Number)
    if (!isAllowed(workspace, real)) return true
    found.cut = found.matches >= MAX_MATCHES
    if (found.cut) return false
    const lines = found.lines.get(real) ?? new Map<number, number>()
    found.lines.set(real, lines)
    if (!lines.has(number)) found.matches += 1
    lines.set(number, column)
    return true
  }
  const isSingle = !(await isFolder(workspace, place.real))
  const request = { separator: '\n' as const, signal, onRecord }
  const { problem, unreadable } = isSingle
    ? await withFile(workspace, place, ({ fd }) =>
        withFolder(workspace, dirname(place.real), (folder) =>
          ripgrep({ ...request, folder, file: fd, options: [...options, '-'] }),
        ),
      )
    : await withFolder(workspace, place.real, (folder) => ripgrep({ ...request, folder, options: [...options, './'] }))
  found.unreadable = unreadable
  if (problem && found.matches === 0) throw new ToolProblem(problem, 'search failed')
}

/** Read again from files that are surely in the workspace: ripgrep goes by names, and what they name can change. */
async function shownFiles(
  found: Found,
  { workspace, signal }: ToolContext,
): Promise<{ text: string; count: number }[]> {
  const files: { text: string; count: number }[] = []
  for (const [real, columns] of found.lines) {
    const shown = shownPath(workspace, real)
    const lines = await unlessGone(null, () =>
      fileLines(workspace, { real, shown, exists: true }, new Set(columns.keys()), signal),
    )
    if (!lines || lines.size === 0) continue
    const texts = [...lines].map(([number, line]) => `${number}: ${around(line, columns.get(number) ?? 1)}`)
    files.push({ text: [shownName(shown), ...texts].join('\n'), count: lines.size })
  }
  return files
}

/** A long line shows where its match is. */
function around(line: string, column: number): string {
  if (line.length <= MAX_LINE) return line
  const at = Buffer.from(line)
    .subarray(0, column - 1)
    .toString().length
  const rest = at > MAX_LINE - BEFORE_MATCH ? Array.from(line.slice(at - BEFORE_MATCH, at + MAX_LINE)) : null
  const part = beginningOf(rest ? rest.slice(1).join('') : line, MAX_LINE)
  return `${rest ? '… ' : ''}${part} …`
}
