import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isRecord } from '#shared/lib/json.ts'

export interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

/** How the window was when it was last seen; read before anything else, so that it comes back in place and colour. */
export interface WindowState {
  /** null = never moved: the system finds a place. */
  bounds: Bounds | null
  maximized: boolean
  theme: 'system' | 'light' | 'dark'
}

export const defaultWindowState: WindowState = { bounds: null, maximized: false, theme: 'system' }

/** What cannot be read is forgotten: it is only where a window stood. */
export async function readWindowState(path: string): Promise<WindowState> {
  try {
    return windowState(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    // The first start, or a file that was cut.
    return defaultWindowState
  }
}

/** Checked by hand: the schema library would be loaded before the first paint for these three values. */
export function windowState(value: unknown): WindowState {
  if (!isRecord(value)) return defaultWindowState
  const { bounds, maximized, theme } = value
  return {
    bounds: isBounds(bounds) ? { x: bounds.x, y: bounds.y, width: bounds.width, height: bounds.height } : null,
    maximized: maximized === true,
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
  }
}

export async function writeWindowState(path: string, state: WindowState): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, JSON.stringify(state), { mode: 0o600 })
}

/** Enough of the window must be on some screen to take hold of it: screens are unplugged. */
export function reachableBounds(bounds: Bounds | null, screens: readonly Bounds[]): Bounds | null {
  if (!bounds) return null
  const isReachable = screens.some((screen) => {
    const width = Math.min(bounds.x + bounds.width, screen.x + screen.width) - Math.max(bounds.x, screen.x)
    return width >= GRIP && bounds.y >= screen.y && bounds.y <= screen.y + screen.height - GRIP
  })
  return isReachable ? bounds : null
}

/** Pixels of title bar that a hand needs. */
const GRIP = 100

function isBounds(value: unknown): value is Bounds {
  return isRecord(value) && [value.x, value.y, value.width, value.height].every((part) => Number.isInteger(part))
}
