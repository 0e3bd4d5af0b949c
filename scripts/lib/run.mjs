// @ts-check
import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root } from './paths.mjs'

/**
 * @typedef {object} Finished
 * @property {number | null} code null when a signal ended it or it could not start
 * @property {string} output standard output and error in the order they came; empty when inherited
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill()
})

/**
 * Runs a command to its end. Does not throw when the command fails or is not there: look at `code`.
 * What still runs when this process exits is ended.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<Finished>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    running.add(child)
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    const finish = (/** @type {Finished} */ finished) => {
      running.delete(child)
      resolve(finished)
    }
    child.on('error', (error) => finish({ code: null, output: `${output}${error.message}\n` }))
    child.on('close', (code) => finish({ code, output }))
  })
}

/**
 * Runs a tool of node_modules. Its script is started by this Node, so that no shell and no `.cmd` file is involved.
 *
 * @param {string} script path inside node_modules
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function runTool(script, args, options = {}) {
  return run(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, ...options })
}

/**
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function runNpm(args, options = {}) {
  const script = process.env.npm_execpath
  // npm says where it is when it started us; asking for it by name needs a shell on Windows.
  if (script && /npm-cli\.c?js$/.test(script)) return run(process.execPath, [script, ...args], options)
  return run('npm', args, { shell: process.platform === 'win32', ...options })
}

/** @param {string} name */
export function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, name)))
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
