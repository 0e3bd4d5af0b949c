import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { gitOutput } from '../../lib/git.ts'
import { type GitSetting, settingLine } from '../../lib/git-config-text.ts'
import { isInside } from '../contract/workspace.ts'
import type { Plan } from './plan.ts'
import { wayTo } from './way.ts'

/** Who commits, and how files are read and compared: nothing that holds a key, and nothing that runs outside. */
const KEPT =
  /^(user\.(name|email|useconfigonly)|(author|committer)\.(name|email)|init\.defaultbranch|safe\.directory|core\.(autocrlf|eol|safecrlf|quotepath|ignorecase|precomposeunicode|whitespace|abbrev)|i18n\..*|pull\.(rebase|ff)|push\.default|merge\.(ff|conflictstyle|renames)|rebase\.(autosquash|autostash|updaterefs)|diff\.(algorithm|renames|mnemonicprefix|noprefix)|filter\.lfs\.\w+|branch\.(autosetuprebase|autosetupmerge|sort)|tag\.sort|log\.(date|decorate)|column\..*|status\..*|fetch\.prune|rerere\.enabled)$/

/** Files that the settings name, and where they are otherwise (gitignore(5), gitattributes(5)). */
const NAMED_FILES = { 'core.excludesfile': '.config/git/ignore', 'core.attributesfile': '.config/git/attributes' }

export interface GitIdentity {
  /** Settings of the person in git's format, for a file of their own. */
  text: string
  /** What the settings name, opened for reading. */
  plan: Plan
}

const KEPT_MS = 30_000
const known = new Map<string, { identity: GitIdentity; made: number }>()

/**
 * What git knows of the person, as it holds for the folder. Where there is no git, or no settings, nothing. The answer is
 * kept for half a minute.
 */
export async function gitIdentity(
  folder: string,
  roots: readonly string[],
  writable: readonly string[],
): Promise<GitIdentity> {
  const key = JSON.stringify([folder, homedir(), roots, writable])
  const before = known.get(key)
  if (before && performance.now() - before.made < KEPT_MS) return before.identity
  const identity = await readIdentity(folder, roots, writable)
  known.clear()
  known.set(key, { identity, made: performance.now() })
  return identity
}

async function readIdentity(
  folder: string,
  roots: readonly string[],
  writable: readonly string[],
): Promise<GitIdentity> {
  const settings = await globalSettings(folder)
  const kept = settings.filter(([name]) => KEPT.test(name))
  const plan: Plan = new Map()
  for (const [name, usual] of Object.entries(NAMED_FILES)) {
    const named = settings.findLast(([other]) => other === name)?.[1] ?? join('~', usual)
    const path = resolve(homedir(), named.replace(/^~\//, `${homedir()}/`))
    const way = await wayTo(path, (folder) => writable.some((one) => isInside(one, folder)))
    if (!way || way.isFolder) continue
    kept.push([name, way.real])
    if (roots.some((root) => isInside(root, way.real))) plan.set(way.real, { kind: 'readable', missing: true })
  }
  // Keys are not to be found in the sandbox.
  kept.push(['commit.gpgsign', 'false'], ['tag.gpgsign', 'false'])
  return { text: kept.map(([name, value]) => settingLine(settingOf(name, value))).join(''), plan }
}

async function globalSettings(folder: string): Promise<[name: string, value: string][]> {
  try {
    const text = await gitOutput(folder, ['config', '--list', '--null', '--show-scope', '--includes'])
    const words = text.split('\0')
    return words.flatMap((scope, at): [string, string][] => {
      if (at % 2 === 1 || scope !== 'global') return []
      const [name = '', ...value] = (words[at + 1] ?? '').split('\n')
      return [[name, value.join('\n')]]
    })
  } catch {
    // No git, or settings that it cannot read; commands will say so.
    return []
  }
}

/** `section.part in between.name`, as git prints it. */
function settingOf(name: string, value: string): GitSetting {
  const end = name.lastIndexOf('.')
  return { section: name.slice(0, end), name: name.slice(end + 1), value }
}
