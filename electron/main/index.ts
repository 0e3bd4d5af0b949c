import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { app, ipcMain, session } from 'electron'
import { speakOfClawAs } from '#shared/lib/claw-command.ts'
import { findClawCommand } from '../engine/claw-command.ts'
import type { Core } from './core/core.ts'
import { surviveCrashes } from './crash.ts'
import { Defects } from './defects.ts'
import { electronDesktop } from './desktop.ts'
import type { DesktopPresence } from './desktop-presence.ts'
import { readEnvironment } from './environment.ts'
import { giveFeedPort } from './feed-port.ts'
import { guardContents, refuseNetwork, refusePermissions } from './guard-contents.ts'
import { listen } from './ipc/listen.ts'
import { isTrustedSender } from './ipc/trusted-sender.ts'
import { isHidden, isTooLong, type Launch, readLaunch, startFolderOf } from './launch.ts'
import { Leaving } from './leave/leaving.ts'
import { LinkGate } from './link-gate.ts'
import { offerContextMenu, setMenu, skipDefaultMenu } from './menu.ts'
import { PAGE_ORIGIN } from './page.ts'
import { registerPageScheme, servePageFrom } from './page-scheme.ts'
import { finishBeforeQuit } from './quit.ts'
import { AppWindow } from './window.ts'

// The composition of the desktop app. Only what the first paint needs is imported here; the engine comes with core.ts.

const launch = readLaunch({ argv: process.argv, env: process.env, cwd: process.cwd() })
const electronFolder = join(launch.dataFolder, 'electron')
const out = join(import.meta.dirname, '..')
speakOfClawAs(findClawCommand({ env: process.env, program: join(out, 'cli', 'claw.js'), cwd: null }))
const defects = new Defects(join(launch.dataFolder, 'logs', 'main.log'))

defects.catchAll()
if (isTooLong(process.argv)) {
  process.stderr.write(
    'The app was started with far too many words. Start it with --cwd and a folder, or with nothing.\n',
  )
  process.exit(2)
}
registerPageScheme()
skipDefaultMenu()
// Every data folder has an app of its own, so that one, as in a test, knows nothing of another.
const hasFolder = await mkdir(electronFolder, { recursive: true, mode: 0o700 }).then(
  () => true,
  // The engine will meet the same refusal, and says it in words.
  () => false,
)
if (hasFolder) app.setPath('userData', electronFolder)
// Not awaited: the app gets ready only after this file has run.
if (!hasFolder || app.requestSingleInstanceLock({ ...launch })) app.whenReady().then(start).catch(defects.report)
else app.quit()

async function start(): Promise<void> {
  guardContents()
  refusePermissions(session.defaultSession)
  if (launch.developmentUrl === null) refuseNetwork(session.defaultSession).catch(defects.report)
  servePageFrom(join(out, 'renderer'))

  const links = new LinkGate()
  const window = await AppWindow.restore({
    url: launch.developmentUrl ?? `${PAGE_ORIGIN}/index.html`,
    preload: join(out, 'preload', 'index.cjs'),
    statePath: join(electronFolder, 'window.json'),
    onOpen: (opened) => {
      offerContextMenu(opened)
      opened.webContents.on('input-event', (_event, { type }) => links.input(type))
      surviveCrashes(opened, sayRestarted, defects.note)
    },
    mayClose: () => leaving.mayClose(),
    onDefect: defects.report,
  })
  let presence: DesktopPresence | null = null
  const leaving = new Leaving({
    window: () => window.current(),
    hasTray: () => presence?.hasTray() ?? false,
    closeQuits: () => presence?.closeQuits() ?? false,
    goingOn: () => presence?.goingOn() ?? { runs: 0, chats: 0 },
    settle: async (answer) => presence?.settle(answer) ?? [],
    onDefect: defects.report,
  })
  const core = (launch.hidden ? Promise.resolve() : window.open()).then(() => startEngine(window, links))
  defects.watchStart(core)
  core.then(joinDesktop).catch(defects.report)
  setMenu(process.platform, launch.developmentUrl !== null, () => leaving.quit())

  listen(ipcMain, {
    isTrusted: (event) => isTrustedSender(event, window.current(), pageOrigin(launch)),
    answer: async (name, input) => (await core).answer(name, input),
    openFeed: async ({ sender }, nonce) => giveFeedPort(sender, nonce, (await core).feed),
    onDefect: defects.report,
  })
  app.on('second-instance', (_event, _argv, _cwd, other) => {
    // Whoever starts an app that is going away wants one that stays.
    if (leaving.isLeaving()) {
      leaving.startAnew()
      return
    }
    if (!isHidden(other)) window.focus()
    const startFolder = startFolderOf(other)
    if (startFolder) core.then(({ feed }) => feed.app.setEnvironment({ startFolder })).catch(defects.report)
  })
  app.on('activate', () => window.focus())
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin' && !leaving.staysInTray()) app.quit()
  })
  finishBeforeQuit(async () => {
    presence?.close()
    await Promise.all([window.save(), core.then(({ close }) => close())])
  }, defects.report)

  async function joinDesktop(started: Core): Promise<void> {
    const { startDesktopPresence } = await import('./desktop-presence.ts')
    presence = await startDesktopPresence({
      core: started,
      platform: process.platform,
      desktop: process.env.XDG_CURRENT_DESKTOP ?? '',
      toldPath: join(electronFolder, 'told-no-tray'),
      window: () => window.current(),
      showWindow: () => {
        if (!leaving.isQuitting()) window.focus()
      },
      quit: () => leaving.quit(),
      onDefect: defects.report,
    })
  }

  function sayRestarted(): void {
    core
      .then(({ feed }) =>
        feed.app.notify({
          id: 'page-restarted',
          title: 'The window was loaded again',
          message: 'Its page stopped working. Sessions went on, and what was typed and not sent is still there.',
        }),
      )
      .catch(defects.report)
  }
}

async function startEngine(window: AppWindow, links: LinkGate): Promise<Core> {
  const { startCore } = await import('./core/core.ts')
  return startCore({
    environment: readEnvironment(launch),
    env: process.env,
    // Electron itself as plain Node: what is installed with the app is enough.
    worker: {
      command: process.execPath,
      args: [join(out, 'worker', 'worker.js')],
      env: { ELECTRON_RUN_AS_NODE: '1' },
    },
    openConf: async (options) => new (await import('electron-store')).default(options),
    desktop: electronDesktop(() => window.current(), links),
    onSettings: ({ theme }) => window.setTheme(theme),
    onDefect: defects.report,
  })
}

function pageOrigin({ developmentUrl }: Launch): string {
  return developmentUrl ? new URL(developmentUrl).origin : PAGE_ORIGIN
}
