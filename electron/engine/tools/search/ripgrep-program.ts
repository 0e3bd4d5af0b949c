import { ToolProblem } from '../contract/tool-problem.ts'

let found: Promise<string> | undefined

/**
 * The path of ripgrep, which comes with a binary of its own and stays outside of a bundle. `ToolProblem` where it is not
 * installed.
 */
export function ripgrepProgram(): Promise<string> {
  found ??= import('@vscode/ripgrep').then(
    // In a packaged app the binary lies beside the archive.
    ({ rgPath }) => rgPath.replace(/\bapp\.asar\b(?!\.unpacked)/, 'app.asar.unpacked'),
    (error) => {
      throw new ToolProblem(
        `Searching is not possible: ripgrep is not installed (${error instanceof Error ? error.message : String(error)}). Use bash.`,
        'no ripgrep',
      )
    },
  )
  return found
}
