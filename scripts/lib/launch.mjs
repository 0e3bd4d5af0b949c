// @ts-check
import { once } from 'node:events'
import { constants } from 'node:os'
import { isAbsolute, relative, resolve } from 'node:path'

/**
 * The folder the person stood in. npm changes to the project's folder and says where it came from, which is only true of
 * the script that npm itself started.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} script its name in package.json
 * @param {string} current
 */
export function callerFolder(env, script, current) {
  return env.npm_lifecycle_event === script && env.INIT_CWD ? env.INIT_CWD : current
}

/**
 * Where the app is to work, said by where its caller stands: nowhere, if that is the clone itself, which is where it is
 * started and not what is worked on. Then the folder last used counts.
 *
 * @param {string} folder
 * @param {string} clone
 * @returns {NodeJS.ProcessEnv}
 */
export function chosenFolder(folder, clone) {
  const within = relative(clone, folder)
  return within === '' || (!within.startsWith('..') && !isAbsolute(within)) ? {} : { CLAW_CWD: folder }
}

/**
 * Makes the folder given with `--cwd` absolute, since the app is started from another one.
 *
 * @param {string[]} args
 * @param {string} base
 */
export function withAbsoluteCwd(args, base) {
  return args.map((arg, at) => {
    if (args[at - 1] === '--cwd') return resolve(base, arg)
    return arg.startsWith('--cwd=') ? `--cwd=${resolve(base, arg.slice('--cwd='.length))}` : arg
  })
}

/**
 * @param {{ platform: string, isRoot: boolean, env: NodeJS.ProcessEnv, args: string[] }} start
 */
export function electronArguments({ platform, isRoot, env, args }) {
  // Chromium's own errors are about its surroundings (no system bus, no GPU); nobody can act on them. A switch among
  // the arguments comes later and wins.
  const switches = ['--log-level=3']
  // Chromium refuses to sandbox itself when root runs it.
  if (platform === 'linux' && isRoot) switches.push('--no-sandbox')
  // Older Electrons look for an X server only.
  if (platform === 'linux' && !env.DISPLAY && env.WAYLAND_DISPLAY) switches.push('--ozone-platform-hint=auto')
  return [...switches, '.', ...args]
}

/**
 * @param {string} platform
 * @param {NodeJS.ProcessEnv} env
 */
export function hasDisplay(platform, env) {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}

/**
 * Lets a child live and end as if it were this process: signals go to it, and its exit code or signal becomes ours.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} the exit code
 */
export async function actAs(child) {
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    // Ctrl-C in a terminal has reached the child already; a second one would mean "at once".
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  const passed = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  for (const name of passed) process.on(name, pass)
  try {
    const [code, signal] = await once(child, 'close')
    return code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]
  } finally {
    for (const name of passed) process.off(name, pass)
  }
}
