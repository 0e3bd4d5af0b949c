// @ts-check
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './paths.mjs'

/**
 * Becomes the built terminal program: in this process, so that its input, signals and exit code are ours without a middleman.
 *
 * @param {string[]} args
 * @param {string} folder
 */
export async function becomeTerminal(args, folder) {
  const program = join(root, 'out/cli/claw.js')
  process.argv = [process.execPath, program, ...args]
  process.chdir(folder)
  await import(pathToFileURL(program).href)
}
