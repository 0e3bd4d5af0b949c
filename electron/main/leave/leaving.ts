import { app, type BrowserWindow, dialog } from 'electron'
import { type GoingOn, type QuitAnswer, quitQuestion } from './quit-question.ts'

export interface LeavingOptions {
  window(): BrowserWindow | null
  hasTray(): boolean
  /** The person wants a closed window to end the app. */
  closeQuits(): boolean
  goingOn(): GoingOn
  /** Ends the runs, or lets the chats go on as runs. The sentences of what could not be done. */
  settle(answer: 'leave' | 'stop'): Promise<readonly string[]>
  onDefect(error: unknown): void
}

/** The ways out of the app that a person takes: nothing that goes on ends or vanishes without being said. */
export class Leaving {
  readonly #options: LeavingOptions
  #isQuitting = false
  #isAsking = false
  #isLeaving = false
  #startsAnew = false

  constructor(options: LeavingOptions) {
    this.#options = options
    app.on('before-quit', () => {
      this.#isQuitting = true
    })
    // Not before: a new start cannot be taken back, and the app may stay after all.
    app.on('will-quit', () => {
      if (this.#startsAnew) app.relaunch({ args: process.argv.slice(1).filter((argument) => argument !== '--hidden') })
    })
  }

  isQuitting(): boolean {
    return this.#isQuitting
  }

  /** Whether the app is on its way out, which takes as long as a command that goes along. */
  isLeaving(): boolean {
    return this.#isQuitting || this.#isLeaving
  }

  /** Somebody started the app while it was on its way out: another one begins where this one ends. */
  startAnew(): void {
    this.#startsAnew = true
  }

  /** Whether the app goes on without its window. */
  staysInTray(): boolean {
    return this.#options.hasTray() && !this.#options.closeQuits()
  }

  /** Whether the window may close now; if not, the person is asked, and the app ends if they want it to. */
  mayClose(): boolean {
    const { hasTray, goingOn } = this.#options
    if (this.#isQuitting || this.staysInTray()) return true
    const { runs, chats } = goingOn()
    // With a tray, runs that go on are seen again; a chat would end without a word.
    if (quitQuestion({ runs: hasTray() ? 0 : runs, chats }, false) === null) return true
    this.quit()
    return false
  }

  /** Asks if something goes on, and ends the app if the person wants it. */
  quit(): void {
    this.#quit().catch(this.#options.onDefect)
  }

  async #quit(): Promise<void> {
    if (this.#isAsking || this.#isLeaving) return
    this.#isAsking = true
    const answer = await this.#ask().finally(() => {
      this.#isAsking = false
    })
    if (answer === 'cancel') return
    // The person is done with it: what has to come to its end first does so out of sight.
    const window = this.#options.window()
    window?.hide()
    this.#isLeaving = true
    let problems: readonly string[]
    try {
      problems = await this.#options.settle(answer)
    } catch (error) {
      window?.show()
      throw error
    } finally {
      this.#isLeaving = false
    }
    if (problems.length === 0) return app.quit()
    this.#startsAnew = false
    window?.show()
    dialog.showErrorBox('The app did not quit', problems.join('\n'))
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
