import { app, dialog } from 'electron'
import type { Core } from './core/core.ts'
import { DefectLog } from './log.ts'

/** One place for what should not happen: written down, and told to the person once. */
export class Defects {
  readonly #log: DefectLog
  #core: Promise<Core> | null = null
  #isTold = false

  constructor(logPath: string) {
    this.#log = new DefectLog(logPath)
  }

  /** Only written down: for what is told in better words elsewhere. Bound; never rejects. */
  readonly note = (error: unknown): Promise<void> => this.#log.write(error)

  /** Bound, so that it can be handed on. Resolves when it is written down; never rejects. */
  readonly report = async (error: unknown): Promise<void> => {
    await this.#log.write(error)
    if (this.#isTold || !this.#core) return
    this.#isTold = true
    // Without an engine there is no page to tell; `watchStart` says it.
    const core = await this.#core.catch(() => null)
    core?.feed.app.notify({
      id: 'defect',
      title: 'Something in the app did not work',
      message:
        'What happened is in logs/main.log in the data folder. Sessions are safe; if something looks wrong, start the app again.',
    })
  }

  catchAll(): void {
    process.on('uncaughtException', this.report)
    process.on('unhandledRejection', this.report)
  }

  /** An engine that cannot start is the end: said in a box, since the page has nothing to show. */
  watchStart(core: Promise<Core>): void {
    this.#core = core
    core.catch(async (error: unknown) => {
      await this.#log.write(error)
      // By name: the class would bring the schemas in before the first paint.
      const isExpected = error instanceof Error && error.name === 'FailureError'
      dialog.showErrorBox(
        'Claw Code Agent cannot start',
        isExpected ? error.message : 'There is a defect in the app. See logs/main.log in the data folder.',
      )
      app.exit(1)
    })
  }
}
