import { readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { plainCounted } from '#shared/lib/counted.ts'
import { assertThere, locate, withFolder } from '../contain/contained-path.ts'
import { defineTool } from '../contract/define-tool.ts'
import { shownName } from '../contract/shown-name.ts'
import { ToolProblem } from '../contract/tool-problem.ts'

const MAX_ENTRIES = 500

/** Everything that stands there, ignored and hidden files as well: that a folder exists is worth a line. */
export const listDirTool = defineTool({
  name: 'list_dir',
  description: 'List the files and folders in a folder. Folders end in /.',
  input: z.object({ path: z.string() }),
  access: 'read',
  kind: 'read',
  describe: ({ path }) => ({ verb: 'List', target: path || '.' }),
  async run({ path }, { workspace }) {
    const place = await locate(workspace, path === '' ? '.' : path)
    await assertThere(workspace, place)
    const entries = await withFolder(workspace, place.real, async (folder) => {
      const found = await readdir(folder, { withFileTypes: true })
      return await Promise.all(
        found.map(async (entry) => ({
          folder: entry.isDirectory(),
          name: entry.isDirectory()
            ? `${shownName(entry.name)}/`
            : entry.isSymbolicLink()
              ? // Gone since the folder was read.
                `${shownName(entry.name)} -> ${shownName(await readlink(join(folder, entry.name)).catch(() => '?'))}`
              : shownName(entry.name),
        })),
      )
    }).catch((error) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') {
        throw new ToolProblem(`${place.shown} is a file, not a folder. Use read_file.`, 'is a file')
      }
      throw error
    })
    if (entries.length === 0) return { ok: true, output: '(the folder is empty)', summary: 'empty' }
    const names = entries.sort(folderFirst).map(({ name }) => name)
    const rest = names.length - MAX_ENTRIES
    const shown = rest > 0 ? [...names.slice(0, MAX_ENTRIES), `[${rest} more; use glob_search]`] : names
    return { ok: true, output: shown.join('\n'), summary: plainCounted(names.length, 'entry', 'entries') }
  },
})

interface Entry {
  folder: boolean
  name: string
}

/** By code unit, so that the order is the same on every machine. */
function folderFirst(a: Entry, b: Entry): number {
  if (a.folder !== b.folder) return a.folder ? -1 : 1
  return a.name < b.name ? -1 : 1
}
