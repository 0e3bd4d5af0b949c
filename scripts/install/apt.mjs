// @ts-check
import { isOnPath, run } from '../lib/run.mjs'
import { chooseNames, offeredPackages } from './system-packages.mjs'

const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' }
// Another package manager may be at work, as it is in the first minutes of a cloud machine.
const options = ['-qq', '-o', 'DPkg::Lock::Timeout=300']

export const hasApt = () => isOnPath('apt-get')
export const isRoot = () => process.getuid?.() === 0

/**
 * The names under which this distribution has the packages.
 *
 * @param {string[][]} wanted
 */
export async function packageNames(wanted) {
  const { output } = await run('apt-cache', ['madison', ...wanted.flat()])
  const offered = offeredPackages(output)
  return {
    names: chooseNames(wanted, offered),
    complete: wanted.every((names) => names.some((name) => offered.includes(name))),
  }
}

/**
 * Installs packages, as root. Returns null, or what apt said when it failed.
 *
 * @param {string[][]} wanted
 * @param {(names: string[]) => void} tell called once, before the work
 */
export async function installPackages(wanted, tell) {
  let { names, complete } = await packageNames(wanted)
  tell(names)
  if (!complete) {
    await run('apt-get', ['update', ...options], { env })
    names = (await packageNames(wanted)).names
  }
  const first = await install(names)
  if (first === null || !complete) return first
  // A package list from long ago names versions that the mirrors no longer have.
  await run('apt-get', ['update', ...options], { env })
  return install(names)
}

/** @param {string[]} names */
async function install(names) {
  const { code, output } = await run('apt-get', ['install', '-y', '--no-install-recommends', ...options, ...names], {
    env,
  })
  if (code === 0) return null
  const errors = output.split('\n').filter((line) => line.startsWith('E:'))
  return (errors.length > 0 ? errors : output.trim().split('\n').slice(-3)).join(' ')
}
