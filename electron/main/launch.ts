import { resolve } from 'node:path'
import type { Environment } from '#shared/feed/app-state.ts'
import { dataFolder } from '../engine/data-folder.ts'

/** What the app was started with. */
export interface Launch {
  dataFolder: string
  startFolder: string | null
  /** Without its window, as when the person logs in: in the tray, where there is one. */
  hidden: boolean
  electronSource: Environment['electronSource']
  /** Where the page comes from while it is developed; null = from the built files. */
  developmentUrl: string | null
}

interface StartedProcess {
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  cwd: string
}

export function readLaunch({ argv, env, cwd }: StartedProcess): Launch {
  const folder = folderArgument(argv) ?? env.CLAW_CWD
  const source = env.CLAW_ELECTRON_SOURCE
  return {
    dataFolder: dataFolder(env),
    startFolder: folder ? resolve(cwd, folder) : null,
    hidden: argv.includes('--hidden'),
    electronSource: source === 'registry' || source === 'override' ? source : 'official',
    developmentUrl: loopbackUrl(env.ELECTRON_RENDERER_URL),
  }
}

/** Characters of all arguments. A second start hands them over whole, and the first one may break at very long ones. */
const LONGEST_ARGUMENTS = 10_000

/** Whether the app was started with more than anybody means. */
export function isTooLong(argv: readonly string[]): boolean {
  return argv.reduce((length, argument) => length + argument.length + 1, 0) > LONGEST_ARGUMENTS
}

/** Where a second start, which handed over its `Launch`, wants to work. */
export function startFolderOf(other: unknown): string | null {
  const isLaunch = typeof other === 'object' && other !== null && 'startFolder' in other
  return isLaunch && typeof other.startFolder === 'string' ? other.startFolder : null
}

/** Whether a second start wants no window. */
export function isHidden(other: unknown): boolean {
  return typeof other === 'object' && other !== null && 'hidden' in other && other.hidden === true
}

/** `--cwd folder` or `--cwd=folder`. */
function folderArgument(argv: readonly string[]): string | undefined {
  const joined = argv.find((argument) => argument.startsWith('--cwd='))
  if (joined) return joined.slice('--cwd='.length)
  const index = argv.indexOf('--cwd')
  return index < 0 ? undefined : argv[index + 1]
}

/** The page is trusted with everything: it comes from this computer or not at all. */
function loopbackUrl(text: string | undefined): string | null {
  if (!text || !URL.canParse(text)) return null
  const { protocol, hostname } = new URL(text)
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '127.0.0.1') ? text : null
}
