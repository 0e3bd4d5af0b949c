import { reportProblem } from '../stores/problem-store.ts'

/** Said where the content of a file would have to go along. */
const NOT_YET =
  'Images and files cannot be put into a message. Drop a file here to write its path, and the agent can read it.'

/** The paths of what was dropped, as text for the message; null = none of it has one, which is said in `area`. */
export function droppedPaths(area: string, files: FileList, folder: string | null): string | null {
  const paths = [...files].map((file) => window.claw.filePath(file)).filter((path) => path !== '')
  if (paths.length === 0) {
    reportNotYet(area)
    return null
  }
  return paths.map((path) => written(path, folder)).join(' ')
}

export function reportNotYet(area: string): void {
  reportProblem(area, { code: 'invalid-input', message: NOT_YET, retryable: false })
}

/** Relative where it is in the folder of the chat; a path with blanks is told from the words around it. */
function written(path: string, folder: string | null): string {
  const inside = folder !== null && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path
  return /\s/.test(inside) ? `"${inside}"` : inside
}
