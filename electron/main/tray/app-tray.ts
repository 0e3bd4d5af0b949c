import { access, writeFile } from 'node:fs/promises'
import { app } from 'electron'
import type { Place } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import type { Core } from '../core/core.ts'
import type { GoingOn } from '../leave/quit-question.ts'
import { liveState } from '../notifications/live-state.ts'
import type { Work } from '../notifications/work.ts'
import { DesktopTray } from './desktop-tray.ts'
import { todayLine } from './today-line.ts'
import { type TrayAct, trayModel } from './tray-model.ts'
import { type TrayPresence, watchTrayPresence } from './tray-presence.ts'

export interface AppTrayOptions {
  core: Core
  platform: string
  /** XDG_CURRENT_DESKTOP. */
  desktop: string
  /** A file that is there once a person was told that their desktop has no tray. */
  toldPath: string
  showWindow(): void
  /** Opens the window at a place. */
  show(place: Place): void
  isWindowOpen(): boolean
  quit(): void
  /** The person stops it here: its end is no news. What it returns takes that back. */
  onStop(sessionId: SessionId): () => void
  onDefect(error: unknown): void
}

/** The tray while the app runs: what goes on, for those who do not have the window open. */
export class AppTray {
  readonly #options: AppTrayOptions
  readonly #stops: (() => void)[] = []
  #presence: TrayPresence | null = null
  #tray: DesktopTray | null = null
  #lookedAt = Date.now()
  #isTold = false

  private constructor(options: AppTrayOptions) {
    this.#options = options
  }

  /** Starts the tray. Resolves when it is known whether the desktop has a tray. */
  static async start(options: AppTrayOptions): Promise<AppTray> {
    const tray = new AppTray(options)
    tray.#presence = await watchTrayPresence(options.platform, () => tray.#follow())
    const looked = () => {
      tray.#lookedAt = Date.now()
      tray.#update()
    }
    app.on('browser-window-focus', looked)
    app.on('browser-window-blur', looked)
    tray.#stops.push(
      () => app.off('browser-window-focus', looked),
      () => app.off('browser-window-blur', looked),
      options.core.feed.app.onChange(() => tray.#update()),
    )
    tray.#follow()
    return tray
  }

  isThere(): boolean {
    return this.#presence?.isThere() ?? false
  }

  goingOn(): GoingOn {
    const work = this.#work()
    const runs = work.filter(({ runId }) => runId !== null).length
    return { runs, chats: work.length - runs }
  }

  close(): void {
    for (const stop of this.#stops) stop()
    this.#presence?.close()
    this.#tray?.close()
    this.#tray = null
  }

  /** The panel of the desktop may come and go. */
  #follow(): void {
    this.#options.core.feed.app.setEnvironment({ tray: this.isThere() })
    if (this.isThere()) {
      this.#tray ??= new DesktopTray({ ...this.#options, onAct: (act) => this.#act(act) }, this.#model())
      return
    }
    this.#tray?.close()
    this.#tray = null
    // Without window and tray nobody could reach the app.
    if (!this.#options.isWindowOpen()) this.#options.showWindow()
    this.#update()
  }

  #update(): void {
    this.#tray?.show(this.#model())
    if (!this.isThere() && this.#work().some(({ runId }) => runId !== null))
      this.#tellOnce().catch(this.#options.onDefect)
  }

  #model() {
    const state = this.#options.core.feed.app.state()
    return trayModel({ state, work: this.#work(), today: todayLine(state.spending), lookedAt: this.#lookedAt })
  }

  #work(): readonly Work[] {
    return liveState(this.#options.core).work
  }

  async #tellOnce(): Promise<void> {
    if (this.#isTold) return
    this.#isTold = true
    const { toldPath, core } = this.#options
    const told = await access(toldPath).then(
      () => true,
      () => false,
    )
    if (told) return
    core.feed.app.notify({
      id: 'no-tray',
      title: 'This desktop has no tray',
      message: 'Runs go on without the window. Closing it asks whether to leave them going or to stop them.',
    })
    await writeFile(toldPath, '', { mode: 0o600 })
  }

  #act(act: TrayAct): void {
    this.#perform(act).catch(this.#options.onDefect)
  }

  async #perform(act: TrayAct): Promise<void> {
    const { onStop, quit, show, showWindow } = this.#options
    switch (act.type) {
      case 'open':
        return show(
          act.runId === null ? { page: 'chat', sessionId: act.sessionId } : { page: 'background', runId: act.runId },
        )
      case 'new-task':
        return show({ page: 'background', runId: null })
      case 'open-window':
        return showWindow()
      case 'stop-run':
      case 'stop-turn': {
        const takeBack = onStop(act.sessionId)
        const stopped = await (act.type === 'stop-turn'
          ? this.#ask('session.stop', { sessionId: act.sessionId, turnId: act.turnId })
          : this.#ask('run.stop', { runId: act.runId, force: false }))
        if (!stopped) takeBack()
        return
      }
      case 'answer':
        await this.#ask('session.answer', {
          sessionId: act.sessionId,
          callId: act.callId,
          answer: { decision: act.decision },
        })
        return
      case 'pause':
        await this.#ask('run.pauseAll', { paused: act.paused })
        return
      case 'quit':
        return quit()
    }
  }

  /** What did not work is said in the window: the tray has no place for it. false = it did not. */
  async #ask(name: string, input: object): Promise<boolean> {
    const { core, showWindow } = this.#options
    const reply = await core.answer(name, input)
    if (reply.ok) return true
    core.feed.app.notify({ id: 'tray', title: 'That did not work from the tray', message: reply.failure.message })
    showWindow()
    return false
  }
}
