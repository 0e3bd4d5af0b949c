import type { ElectronApplication, Page } from '@playwright/test'
import type { ScriptedBackend } from '../../test-support/scripted-backend.ts'
import { accessProblems } from '../support/access.ts'
import { expect, type LaunchOptions, type Machine, test } from '../support/app.ts'
import { Console, expectHolds } from './holds.ts'

type Size = readonly [width: number, height: number]

const desk: Size = [1440, 900]
export const narrow: Size = [520, 900]

/** Three widths and two heights, the usual one last. */
const sizes: readonly Size[] = [[760, 480], narrow, [520, 480], desk]

/** A person's day with one window. After each step the window must hold; one that fails does not hide the next. */
export class Day {
  readonly machine: Machine
  readonly backend: ScriptedBackend
  readonly #options: LaunchOptions
  #app: ElectronApplication | undefined
  #page: Page | undefined
  #console: Console | undefined

  constructor(machine: Machine, backend: ScriptedBackend, options: LaunchOptions) {
    this.machine = machine
    this.backend = backend
    this.#options = options
  }

  get page(): Page {
    if (!this.#page) throw new Error('The day has not begun.')
    return this.#page
  }

  get #running(): ElectronApplication {
    if (!this.#app) throw new Error('The day has not begun.')
    return this.#app
  }

  async begin(): Promise<void> {
    const { app, page } = await this.machine.launch(this.#options)
    this.#app = app
    this.#page = page
    // What cannot be done must not end the day.
    page.setDefaultTimeout(10_000)
    this.#console = new Console(page)
    await this.resize(desk)
  }

  /** As a person quits, and comes back. */
  async restart(): Promise<void> {
    await this.#running.close()
    await this.begin()
  }

  async step(name: string, act: () => Promise<void>): Promise<void> {
    await test.step(name, async () => {
      const failed = await act().then(
        () => '',
        (error: unknown) => String(error),
      )
      expect.soft(failed, name).toBe('')
      await this.holds(name)
      if (!failed) return
      await this.page.screenshot({ path: `test-results/pictures/day-${name.replaceAll(/\W+/g, '-')}.png` })
      // What it left open must not be in the way of the next.
      await this.page.keyboard.press('Escape')
    })
  }

  async holds(what: string, { elsewhere = false } = {}): Promise<void> {
    if (this.#console) await expectHolds(this.page, this.#console, what, elsewhere)
  }

  /** As `holds`, in windows of all sizes. */
  async holdsAtEverySize(what: string): Promise<void> {
    for (const size of sizes) {
      await this.resize(size)
      await this.holds(`${what}, ${size.join(' × ')}`)
    }
  }

  async resize([width, height]: Size): Promise<void> {
    await this.#running.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
      { width, height },
    )
    await this.page.waitForFunction((size) => innerWidth === size.width && innerHeight === size.height, {
      width,
      height,
    })
  }

  /** In the system's dialogs for files the person presses Cancel from here on. */
  async refuseFiles(): Promise<void> {
    await this.#running.evaluate(({ dialog }) => {
      dialog.showSaveDialog = async () => ({ canceled: true, filePath: '' })
    })
  }

  async canBeUsedByEveryone(what: string): Promise<void> {
    expect.soft(await accessProblems(this.page), `${what} can be used by everyone`).toEqual([])
  }

  /** Control+N opens a new chat from wherever the person is, and the session at that place of the list opens again. */
  async newChatAndBack(where: string, place = 1): Promise<void> {
    const title = await this.page.title()
    const opened = async (key: string, name: string | RegExp) => {
      await this.page.keyboard.press(key)
      await expect.soft(this.page, `${key}, ${where}`).toHaveTitle(name, { timeout: 3000 })
    }
    await opened('Control+n', /^New chat/)
    await expect
      .soft(this.page.getByRole('textbox', { name: 'Message' }), `Control+N, ${where}`)
      .toBeFocused({ timeout: 3000 })
    await opened(`Control+${place}`, title)
  }
}
