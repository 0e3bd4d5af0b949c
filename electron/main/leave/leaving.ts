import { app, type BrowserWindow, dialog } from 'electron'
import { type GoingOn, type QuitAnswer, quitQuestion } from './quit-question.ts'

export interface LeavingOptions {
  window(): BrowserWindow | null
  hasTray(): boolean
  goingOn(): GoingOn
  /** Resolves when no run goes on any more. */
  stopRuns(): Promise<void>
  onDefect(error: unknown): void
}

/** The ways out of the app that a person takes: nothing that goes on ends or vanishes without being said. */
export class Leaving {
  readonly #options: LeavingOptions
  #isQuitting = false
  #isAsking = false

  constructor(options: LeavingOptions) {
    this.#options = options
    app.on('before-quit', () => {
      this.#isQuitting = true
    })
  }

  isQuitting(): boolean {
    return this.#isQuitting
  }

  /** Whether the window may close now; if not, the person is asked, and the app ends if they want it to. */
  mayClose(): boolean {
    const { hasTray, goingOn } = this.#options
    if (this.#isQuitting || hasTray() || quitQuestion(goingOn(), false) === null) return true
    this.quit()
    return false
  }

  /** Asks if something goes on, and ends the app if the person wants it. */
  quit(): void {
    this.#quit().catch(this.#options.onDefect)
  }

  async #quit(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    const answer = await this.#ask().finally(() => {
      this.#isAsking = false
    })
    if (answer === 'cancel') return
    if (answer === 'stop') await this.#options.stopRuns()
    app.quit()
  }

  async #ask(): Promise<QuitAnswer> {
    const { window, hasTray, goingOn } = this.#options
    const question = quitQuestion(goingOn(), hasTray())
    if (question === null) return 'leave'
    const { message, detail, buttons } = question
    const box = {
      type: 'question',
      message,
      detail,
      buttons: buttons.map(({ label }) => label),
      defaultId: 0,
      cancelId: buttons.length - 1,
      noLink: true,
    } satisfies Electron.MessageBoxOptions
    const parent = window()
    const { response } = await (parent ? dialog.showMessageBox(parent, box) : dialog.showMessageBox(box))
    return buttons[response]?.answer ?? 'cancel'
  }
}
