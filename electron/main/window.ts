import { BrowserWindow, nativeTheme, screen } from 'electron'
import { canvasColour, windowOptions } from './window-options.ts'
import { reachableBounds, readWindowState, type WindowState, writeWindowState } from './window-state.ts'

export interface AppWindowOptions {
  url: string
  preload: string
  /** Where its place, size and theme are kept. */
  statePath: string
  onOpen(window: BrowserWindow): void
  /** Asked when a person closes it. */
  mayClose(): boolean
  onDefect(error: unknown): Promise<void>
}

/** A window that was dragged or drawn has come to rest. Milliseconds. */
const REST_MS = 500

/** The one window of the app, which may be closed and opened again. */
export class AppWindow {
  readonly #options: AppWindowOptions
  #state: WindowState
  #window: BrowserWindow | null = null
  #saved: Promise<void> = Promise.resolve()

  private constructor(options: AppWindowOptions, state: WindowState) {
    this.#options = options
    this.#state = state
  }

  /** Prepares it with what is known from the last time; nothing is shown yet. */
  static async restore(options: AppWindowOptions): Promise<AppWindow> {
    const state = await readWindowState(options.statePath)
    nativeTheme.themeSource = state.theme
    return new AppWindow(options, state)
  }

  /** The window; null while it is closed. */
  current(): BrowserWindow | null {
    return this.#window
  }

  /** Opens it where it last was, and shows it when there is something to see; resolves then. */
  open(): Promise<void> {
    const { url, preload, onOpen, onDefect } = this.#options
    const screens = screen.getAllDisplays().map(({ workArea }) => workArea)
    const bounds = reachableBounds(this.#state.bounds, screens)
    const window = new BrowserWindow(windowOptions(preload, nativeTheme.shouldUseDarkColors, bounds))
    this.#window = window
    window.on('close', (event) => {
      this.#remember(window)
      if (!this.#options.mayClose()) event.preventDefault()
    })
    // Not only at its end: whatever ends the app, the next window is as this one was.
    let resting: NodeJS.Timeout | undefined
    const rememberSoon = () => {
      clearTimeout(resting)
      resting = setTimeout(() => this.#remember(window), REST_MS)
    }
    window.on('resize', rememberSoon)
    window.on('move', rememberSoon)
    const recolour = () => window.setBackgroundColor(canvasColour(nativeTheme.shouldUseDarkColors))
    nativeTheme.on('updated', recolour)
    window.on('closed', () => {
      clearTimeout(resting)
      nativeTheme.off('updated', recolour)
      this.#window = null
    })
    // A page can leave for an empty one without asking; what it shows is then no app any more.
    window.webContents.on('did-navigate', (_event, where) => {
      if (!isSamePage(where, url)) window.loadURL(url).catch(onDefect)
    })
    onOpen(window)
    const painted = new Promise<void>((resolve) => {
      window.once('ready-to-show', () => {
        if (this.#state.maximized) window.maximize()
        window.show()
        resolve()
      })
      // A page that cannot be loaded paints nothing, and the engine must start all the same.
      window.webContents.once('did-fail-load', () => resolve())
      window.once('closed', resolve)
    })
    window.loadURL(url).catch(onDefect)
    return painted
  }

  focus(): void {
    const window = this.#window
    if (!window) {
      this.open().catch(this.#options.onDefect)
      return
    }
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  setTheme(theme: WindowState['theme']): void {
    if (nativeTheme.themeSource !== theme) nativeTheme.themeSource = theme
  }

  /** Saves size and place of the window. Resolves when they are on the disk. */
  async save(): Promise<void> {
    if (this.#window) this.#remember(this.#window)
    await this.#saved
  }

  #remember(window: BrowserWindow): void {
    // One that is hidden says nothing of how it was.
    if (!window.isVisible() && this.#state.bounds) return
    const { statePath, onDefect } = this.#options
    this.#state = {
      bounds: window.getNormalBounds(),
      maximized: window.isMaximized(),
      theme: nativeTheme.themeSource,
    }
    this.#saved = writeWindowState(statePath, this.#state).catch(onDefect)
  }
}

function isSamePage(where: string, page: string): boolean {
  return URL.canParse(where) && where.split('#')[0] === page
}
