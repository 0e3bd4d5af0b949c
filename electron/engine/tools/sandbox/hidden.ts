import { readdir, readlink, realpath } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { unlessShort } from '../../lib/unless-short.ts'
import { isInside } from '../contract/workspace.ts'
import type { Plan } from './plan.ts'
import { entryAt } from './way.ts'

/** Where the things of people and of services are: sockets that do outside what is not allowed inside, and their data. */
const SYSTEM = ['/home', '/root', '/run', '/var']
/** Under the whole disk as a workspace, these stay hidden. */
const SERVICES = ['/run', '/var/lib', '/var/snap', '/var/spool']

/** Of those, what programs need to work. */
const NEEDED = [
  ...['/run/systemd/resolve/stub-resolv.conf', '/run/systemd/resolve/resolv.conf', '/run/NetworkManager/resolv.conf'],
  ...['/run/current-system', '/run/booted-system', '/run/opengl-driver'],
  ...['/var/lib/dpkg', '/var/lib/rpm', '/var/lib/pacman', '/var/lib/texmf', '/var/cache/fontconfig', '/var/db/repos'],
]

/** What root may read and nobody needs. */
const SYSTEM_SECRETS = [
  ...['/etc/shadow', '/etc/shadow-', '/etc/ssl/private', '/etc/wireguard', '/etc/NetworkManager/system-connections'],
  ...['/etc/kubernetes', '/etc/krb5.keytab'],
]

/** Of a home folder that is a workspace itself, these are its own files and no program's. */
const OF_A_PROJECT = /^\.(git|gitignore|gitattributes|gitmodules|github|gitlab-ci\.yml|editorconfig|claw-policy\.json)$/

export interface Hidden {
  plan: Plan
  /** The folders that are hidden; what is needed is opened in them. */
  roots: string[]
}

/** The home folder as the environment names it, and without links. '/' is none. */
export async function homeFolders(): Promise<string[]> {
  const named = homedir()
  // A home that is not there has nothing to hide.
  const real = await realpath(named).catch(unlessShort(named))
  return [...new Set([named, real])].filter((home) => home.startsWith('/') && home !== '/')
}

const KEPT_MS = 30_000
const known = new Map<string, { hidden: Hidden; made: number }>()

/**
 * `folders` are those of the workspace; one that lies in what is hidden is still to be mounted. The answer is kept for half
 * a minute, but not where a home folder is open: what is new in it is to be covered at once.
 */
export async function hiddenPlaces(folders: readonly string[]): Promise<Hidden> {
  const homes = await homeFolders()
  const key = JSON.stringify([homes, folders, tmpdir()])
  const before = known.get(key)
  if (before && performance.now() - before.made < KEPT_MS) return before.hidden
  const hidden = await findHidden(folders, homes)
  known.clear()
  if (![...homes, '/root'].some((home) => folders.some((folder) => isInside(folder, home)))) {
    known.set(key, { hidden, made: performance.now() })
  }
  return hidden
}

async function findHidden(folders: readonly string[], homes: readonly string[]): Promise<Hidden> {
  const plan: Plan = new Map()
  const isOpen = (path: string) => folders.some((folder) => isInside(folder, path))
  const all = [...SYSTEM, ...homes, ...(await realFolders([...SYSTEM, tmpdir()]))]
  const roots: string[] = []
  for (const path of new Set(all)) {
    if (isInside('/tmp', path) || isOpen(path) || (await entryAt(path)) !== 'folder') continue
    roots.push(path)
  }
  for (const path of SERVICES) {
    if (isOpen(path) && !folders.includes(path) && (await entryAt(path)) === 'folder') roots.push(path)
  }
  for (const home of new Set(['/root', ...homes])) {
    if (folders.some((folder) => isInside(folder, home))) roots.push(...(await coverPrivateEntries(plan, home)))
  }
  const top = roots.filter((path) => !roots.some((other) => other !== path && isInside(other, path)))
  for (const path of top) plan.set(path, { kind: 'empty' })
  for (const path of ['/var/run', '/var/lock']) {
    if (top.includes('/var') && (await entryAt(path)) === 'link') {
      plan.set(path, { kind: 'link', target: await readlink(path) })
    }
  }
  for (const path of NEEDED) {
    const entry = await entryAt(path)
    if (top.some((root) => isInside(root, path)) && (entry === 'file' || entry === 'folder')) {
      plan.set(path, { kind: 'readable', missing: true })
    }
  }
  if (process.getuid?.() === 0) await cover(plan, SYSTEM_SECRETS)
  return { plan, roots: top }
}

/** Nothing is to be read there. What is missing or a link is left: what it leads to is covered by itself, or not. */
export async function cover(plan: Plan, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const entry = await entryAt(path)
    if (entry === 'folder') plan.set(path, { kind: 'empty', kept: true })
    else if (entry === 'file' || entry === 'other') plan.set(path, { kind: 'covered' })
  }
}

/** Settings, keys and start files of programs begin with a dot. */
async function coverPrivateEntries(plan: Plan, home: string): Promise<string[]> {
  const entries = await readdir(home, { withFileTypes: true }).catch(unlessShort([]))
  const hidden = entries.filter(({ name }) => name.startsWith('.') && !OF_A_PROJECT.test(name))
  await cover(
    plan,
    hidden.filter((entry) => !entry.isDirectory()).map(({ name }) => join(home, name)),
  )
  return hidden.filter((entry) => entry.isDirectory()).map(({ name }) => join(home, name))
}

async function realFolders(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => await realpath(path).catch(unlessShort('/'))))
  return found.filter((path) => path !== '/')
}
