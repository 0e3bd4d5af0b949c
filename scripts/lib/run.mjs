// @ts-check
import { spawn } from 'node:child_process'

/**
 * @typedef {object} Finished
 * @property {number | null} code null when a signal ended it or it could not start
 * @property {string} output standard output and error in the order they came; empty when inherited
 */

/**
 * Runs a command to its end. Does not throw when the command fails or is not there: look at `code`.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<Finished>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    child.on('error', (error) => resolve({ code: null, output: `${output}${error.message}\n` }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
