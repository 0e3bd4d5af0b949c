import { readdir } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { unlessShort } from '../../lib/unless-short.ts'
import { isInside } from '../contract/workspace.ts'
import { cover, homeFolders } from './hidden.ts'
import type { Plan } from './plan.ts'
import { wayTo } from './way.ts'

/** What managers of tool chains keep below the home folder, and what builds have fetched: programs and code, no keys. */
const KNOWN = [
  ...['.nvm', '.fnm', '.local/share/fnm', '.volta', '.nodenv', '.n', '.bun', '.deno', '.local/share/pnpm', '.yarn'],
  ...['.pyenv', '.local/share/uv', '.local/share/pipx', '.local/pipx', '.local/lib', '.virtualenvs', '.rye'],
  ...['.local/share/virtualenvs', '.local/share/hatch', 'miniconda3', 'anaconda3', 'miniforge3', 'mambaforge'],
  ...['.cargo/bin', '.cargo/registry', '.cargo/git', '.rustup', 'go/bin', 'go/pkg', '.goenv'],
  ...['sdk', '.rbenv', '.rvm', '.gem/ruby', '.local/share/gem', '.sdkman', '.jenv', '.jabba', '.m2/repository'],
  ...['.m2/wrapper', '.gradle/caches', '.gradle/wrapper', '.ivy2/cache', '.ivy2/local', '.sbt/boot', '.coursier'],
  ...['.dotnet', '.nuget/packages', '.ghcup', '.cabal/bin', '.cabal/packages', '.cabal/store', '.stack/programs'],
  ...['.stack/snapshots', '.opam', '.elan', '.juliaup', '.julia', '.pub-cache', 'flutter', 'Android/Sdk', '.swiftly'],
  ...['.local/share/swiftly', '.phpenv', '.composer/vendor', '.config/composer/vendor', '.asdf', '.tool-versions'],
  ...['.local/share/mise', '.local/share/rtx', '.proto', '.aqua', '.local/share/aquaproj-aqua'],
  ...['.nix-profile', '.local/state/nix', '.foundry', '.wasmer', '.wasmtime', '.emscripten', 'perl5', 'R', '.krew/bin'],
  ...['.cache/node', '.cache/ms-playwright', '.cache/puppeteer', '.cache/Cypress', '.cache/electron'],
  ...['.cache/node-gyp', '.cache/electron-builder', '.cache/pre-commit', '.cache/prisma', '.cache/pip', '.cache/deno'],
  ...['.cache/pypoetry', '.cache/bazelisk', '.cache/coursier', '.cache/yarn'],
]

/** Variables that say where else they are. */
const NAMING =
  /^(GOPATH|GOROOT|GOMODCACHE|CARGO_HOME|RUSTUP_HOME|NVM_DIR|NVM_BIN|PYENV_ROOT|VOLTA_HOME|JAVA_HOME|ANDROID_HOME|ANDROID_SDK_ROOT|DOTNET_ROOT|MISE_DATA_DIR|ASDF_DIR|ASDF_DATA_DIR|DENO_INSTALL|DENO_DIR|BUN_INSTALL|PNPM_HOME|VIRTUAL_ENV|CONDA_PREFIX|PLAYWRIGHT_BROWSERS_PATH|SDKMAN_DIR|RBENV_ROOT|GEM_HOME|M2_HOME|MAVEN_HOME|GRADLE_HOME|FNM_DIR|FNM_MULTISHELL_PATH|NODENV_ROOT|FLUTTER_ROOT|OPAMROOT|GHCUP_INSTALL_BASE_PREFIX|JULIA_DEPOT_PATH|UV_PYTHON_INSTALL_DIR|UV_TOOL_DIR|PIPX_HOME|N_PREFIX|PROTO_HOME|RYE_HOME)$/

/** A program's folder with this name has the rest of the program beside it. */
const OF_PROGRAMS = /^(bin|sbin|shims|libexec)$/
/** What lies directly in a tool chain and is no program. */
const SECRET =
  /^\.?(credentials?|auth|tokens?|secrets?|netrc|npmrc|pypirc|corefx)(\.(json|toml|ya?ml|txt))?$|_history$/i
/** Folders of everybody: programs in them say nothing of what is beside them. */
const SHARED = ['', '.local', '.config', '.cache', '.local/share', '.local/state']

interface Opened {
  plan: Plan
  made: number
}

const KEPT_MS = 30_000
const known = new Map<string, Opened>()

/**
 * What is opened of hidden folders for reading, so that programs run: what PATH names there, what links in those folders
 * lead to, and what is known to hold tool chains and fetched packages. Nothing that leads through `writable`, where a
 * command could have made it. The answer is kept for half a minute.
 */
export async function openToolChains(
  environment: Readonly<Record<string, string | undefined>>,
  roots: readonly string[],
  writable: readonly string[],
): Promise<Plan> {
  const homes = await homeFolders()
  const named = Object.entries(environment).filter(([name]) => name === 'PATH' || NAMING.test(name))
  const key = JSON.stringify([homes, named, roots, writable])
  const before = known.get(key)
  if (before && performance.now() - before.made < KEPT_MS) return before.plan
  const plan = await opened(environment, homes, named, roots, writable)
  known.clear()
  known.set(key, { plan, made: performance.now() })
  return plan
}

async function opened(
  environment: Readonly<Record<string, string | undefined>>,
  homes: readonly string[],
  named: readonly (readonly [string, string | undefined])[],
  roots: readonly string[],
  writable: readonly string[],
): Promise<Plan> {
  const mayBeForged = (path: string) => writable.some((folder) => isInside(folder, path))
  const isHidden = (path: string) => roots.some((root) => isInside(root, path) && root !== path)
  const links = new Map<string, string>()
  const folders = new Set<string>()
  const files = new Set<string>()
  const add = async (path: string, programs: boolean, fromLink = false): Promise<string | null> => {
    const way = isAbsolute(path) ? await wayTo(path, mayBeForged) : null
    if (!way) return null
    const inside = isHidden(way.real)
    // A link out of a folder of programs may lead to anything; programs are installed in folders with a dot.
    if (inside && fromLink && !isPrivateFolder(way.real, homes)) return null
    for (const link of way.links) if (isHidden(link.path)) links.set(link.path, link.target)
    if (!inside || holdsHome(way.real, homes)) return null
    if (!way.isFolder) {
      files.add(way.real)
      if (OF_PROGRAMS.test(basename(dirname(way.real)))) await add(dirname(way.real), true, true)
      return null
    }
    const prefix = dirname(way.real)
    const isPart = programs && OF_PROGRAMS.test(basename(way.real)) && isOneProgram(prefix, homes)
    folders.add(isPart && !isKnown(way.real, homes) ? prefix : way.real)
    return way.real
  }

  const path = (environment.PATH ?? '').split(':').filter(isAbsolute)
  const node = process.versions.electron === undefined ? [dirname(process.execPath)] : []
  for (const folder of new Set([...path, ...node])) {
    const real = await add(folder, true)
    if (real === null) continue
    const entries = await readdir(real, { withFileTypes: true }).catch(unlessShort([]))
    for (const entry of entries) if (entry.isSymbolicLink()) await add(join(real, entry.name), true, true)
  }
  for (const home of homes) for (const name of KNOWN) await add(join(home, name), false)
  for (const [name, value = ''] of named) {
    if (name === 'PATH') continue
    for (const folder of value.split(':')) await add(folder, false)
  }

  const plan: Plan = new Map()
  const top = [...folders].filter((one) => ![...folders].some((other) => other !== one && isInside(other, one)))
  for (const folder of top) {
    plan.set(folder, { kind: 'readable', missing: true })
    const entries = await readdir(folder, { withFileTypes: true }).catch(unlessShort([]))
    const secrets = entries.filter(({ name }) => SECRET.test(name))
    await cover(
      plan,
      secrets.map(({ name }) => join(folder, name)),
    )
  }
  const isOpened = (place: string) => top.some((folder) => isInside(folder, place))
  for (const file of files) if (!isOpened(file)) plan.set(file, { kind: 'readable', missing: true })
  for (const [place, target] of links) if (!isOpened(place)) plan.set(place, { kind: 'link', target })
  return plan
}

function holdsHome(path: string, homes: readonly string[]): boolean {
  return homes.some((home) => isInside(path, home))
}

function isPrivateFolder(path: string, homes: readonly string[]): boolean {
  return homes.some((home) => isInside(home, path) && relative(home, path).startsWith('.'))
}

/** What is known is opened as it is written here, without what lies beside it. */
function isKnown(path: string, homes: readonly string[]): boolean {
  return homes.some((home) => KNOWN.includes(relative(home, path)))
}

/** Whether a folder around a folder of programs belongs to them alone. */
function isOneProgram(folder: string, homes: readonly string[]): boolean {
  const home = homes.find((one) => isInside(one, folder))
  if (home === undefined) return !holdsHome(folder, homes)
  const way = relative(home, folder)
  return way.startsWith('.') && !SHARED.includes(way)
}
