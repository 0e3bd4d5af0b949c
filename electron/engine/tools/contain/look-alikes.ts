import { realpath } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { ToolProblem } from '../contract/tool-problem.ts'
import { isAllowed, shownPath, type Workspace } from '../contract/workspace.ts'

interface NamedPath {
  real: string
  shown: string
  exists: boolean
}

/** The names in a folder of the workspace; none where it cannot be read. */
type ListNames = (folder: string) => Promise<string[]>

/**
 * The file or folder that a missing path looks like, where the names differ only in what nobody can see: how a letter and
 * its accent are put together, or which blank is used. The place itself where there is none. Throws `ToolProblem` where
 * there are several.
 */
export async function knownByLook(workspace: Workspace, place: NamedPath, namesIn: ListNames): Promise<NamedPath> {
  if (place.exists) return place
  const { folder, missing } = await deepestThere(place.real)
  if (!isAllowed(workspace, folder)) return place
  let real = folder
  for (const [index, name] of missing.entries()) {
    const alike = (await namesIn(real)).filter((other) => other !== name && looks(other) === looks(name))
    if (alike.length > 1) {
      throw new ToolProblem(
        `Several names here look like ${name}: ${alike.map((other) => JSON.stringify(other)).join(', ')}. Use bash to rename one.`,
        'names that look the same',
      )
    }
    const there = join(real, alike[0] ?? name)
    if (alike[0] === undefined && !(await exists(there))) {
      const rest = join(real, ...missing.slice(index))
      return { real: rest, shown: shownPath(workspace, rest), exists: false }
    }
    real = there
  }
  // A link may stand there.
  const found = await realpath(real)
  return isAllowed(workspace, found) ? { real: found, shown: shownPath(workspace, found), exists: true } : place
}

/** The path of a file or folder that differs from a missing one in small and capital letters only, or null. */
export async function differsInCase(
  workspace: Workspace,
  place: NamedPath,
  namesIn: ListNames,
): Promise<string | null> {
  const { folder, missing } = await deepestThere(place.real)
  const [name] = missing
  if (name === undefined || !isAllowed(workspace, folder)) return null
  const other = (await namesIn(folder)).find((each) => looks(each).toLowerCase() === looks(name).toLowerCase())
  return other === undefined ? null : shownPath(workspace, join(folder, other))
}

async function deepestThere(path: string): Promise<{ folder: string; missing: string[] }> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (await exists(folder)) return { folder, missing: relative(folder, path).split(sep) }
    if (folder === dirname(folder)) return { folder, missing: [] }
  }
}

async function exists(path: string): Promise<boolean> {
  return await realpath(path).then(
    () => true,
    () => false,
  )
}

/** A name as an eye sees it. */
function looks(name: string): string {
  return name
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[\p{Zs}\t]/gu, ' ')
}
