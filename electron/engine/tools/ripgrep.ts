import { spawn } from 'node:child_process'

/** What ripgrep said on its error output, if it gave up. */
interface Search {
  problem: string | null
}

/**
 * Runs ripgrep in a folder and hands out each line of its output; `false` from `onLine` ends it. Rejects with the
 * signal's reason, and with `ToolProblem` where ripgrep is not installed.
 */
export async function ripgrep(
  folder: string,
  options: readonly string[],
  signal: AbortSignal,
  onLine: (line: string) => boolean,
): Promise<Search> {
  const { ripgrepProgram } = await import('./ripgrep-program.ts')
  const child = spawn(await ripgrepProgram(), ['--no-config', '--no-require-git', '--color=never', ...options], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  let problem = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problem = (problem + text).slice(0, 2000)
  })
  let enough = false
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (enough) return
      if (!onLine(line)) {
        enough = true
        child.kill()
      }
    }
  })
  const code = await exited.catch((error) => {
    signal.throwIfAborted()
    throw error
  })
  signal.throwIfAborted()
  // 1 is "nothing found"; 2 with output is a file that could not be read beside others that could.
  return { problem: code === 2 && !enough ? problem.trim() : null }
}
