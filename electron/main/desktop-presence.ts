import type { BrowserWindow } from 'electron'
import type { Place } from '#shared/feed/feed.ts'
import { setAutostart } from './autostart.ts'
import type { Core } from './core/core.ts'
import type { GoingOn } from './leave/quit-question.ts'
import { liveState } from './notifications/live-state.ts'
import type { Question } from './notifications/notification-model.ts'
import { Notifier } from './notifications/notifier.ts'
import { AppTray } from './tray/app-tray.ts'

export interface DesktopPresenceOptions {
  core: Core
  platform: string
  /** XDG_CURRENT_DESKTOP. */
  desktop: string
  /** A file that is there once a person was told that their desktop has no tray. */
  toldPath: string
  window(): BrowserWindow | null
  /** Opens the window, or brings it forward. */
  showWindow(): void
  quit(): void
  onDefect(error: unknown): void
}

/** What the app is on the desktop beside its window: an icon, notifications, a start at login. */
export interface DesktopPresence {
  hasTray(): boolean
  /** The person wants a closed window to end the app. */
  closeQuits(): boolean
  goingOn(): GoingOn
  /** Ends the runs, or lets the chats go on as runs. The sentences of what could not be done. */
  settle(answer: 'leave' | 'stop'): Promise<readonly string[]>
  close(): void
}

export async function startDesktopPresence(options: DesktopPresenceOptions): Promise<DesktopPresence> {
  const { core, platform, window, showWindow, onDefect } = options
  const { app, server } = core.feed
  const show = (place: Place) => {
    server.show(place)
    showWindow()
  }
  const notifier = new Notifier(
    {
      isWanted: () => app.state().settings.notifications,
      isSeen: (sessionId) => window()?.isFocused() === true && (sessionId === null || server.isShown(sessionId)),
      show,
      answer: (question, decision) => {
        answerQuestion(core, question, decision).then((done) => {
          if (!done) showWindow()
        }, onDefect)
      },
    },
    liveState(core),
  )
  const tray = await AppTray.start({
    ...options,
    show,
    isWindowOpen: () => window() !== null,
    onStop: (sessionId) => notifier.expectEnd(sessionId),
  })
  let autostart = app.state().settings.autostart
  const follow = (on: boolean) => {
    autostart = on
    setAutostart(on, platform).catch((error: unknown) => {
      onDefect(error)
      app.notify({
        id: 'autostart',
        title: 'Starting with the computer could not be changed',
        message: 'The system refused it. What else you set still counts.',
      })
    })
  }
  // Again at every start: the app may have moved since.
  if (autostart) follow(true)
  const stop = app.onChange(() => {
    notifier.update(liveState(core))
    const wanted = app.state().settings.autostart
    if (wanted !== autostart) follow(wanted)
  })
  return {
    hasTray: () => tray.isThere(),
    closeQuits: () => app.state().settings.closeTo === 'quit',
    goingOn: () => tray.goingOn(),
    settle: (answer) => settle(core, answer),
    close() {
      stop()
      notifier.close()
      tray.close()
    },
  }
}

/** false = it did not work, which is said in the window: a notification has no place for it. */
async function answerQuestion(core: Core, question: Question, decision: 'allow-once' | 'deny'): Promise<boolean> {
  const reply = await core.answer('session.answer', { ...question, answer: { decision } })
  if (reply.ok) return true
  const { message } = reply.failure
  core.feed.app.notify({ id: 'notification', title: 'That did not work from the notification', message })
  return false
}

/** All at once. Chats that are stopped end with the app. */
async function settle(core: Core, answer: 'leave' | 'stop'): Promise<readonly string[]> {
  const replies = liveState(core).work.map(({ runId, sessionId, usable }) => {
    if (runId === null) return answer === 'leave' ? core.answer('run.fromSession', { sessionId }) : null
    return answer === 'stop' && usable ? core.answer('run.stop', { runId, force: false }) : null
  })
  return (await Promise.all(replies)).flatMap((reply) => (reply && !reply.ok ? [reply.failure.message] : []))
}
