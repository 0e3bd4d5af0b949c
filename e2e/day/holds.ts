import type { Page } from '@playwright/test'
import { expect } from '../support/app.ts'
import { type Faults, measuresForPage } from './page-measures.ts'

const measures = measuresForPage()

/** Looks are repeated for so long: what was asked for a moment ago may still be on its way. */
const SETTLES_WITHIN = 1500

/** What the page says to developers, and what breaks in it. Nothing of it is expected. */
export class Console {
  #said: string[] = []

  constructor(page: Page) {
    page.on('pageerror', (error) => this.#said.push(`error: ${error.message}`))
    page.on('crash', () => this.#said.push('the page crashed'))
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.#said.push(`${message.type()}: ${message.text()}`)
    })
  }

  /** What was said since it was last asked. */
  drain(): string[] {
    const said = this.#said
    this.#said = []
    return said
  }
}

/**
 * Holds the whole window against what must be true of it at any time, and notes what is not without ending the test.
 * `elsewhere` = the reader has gone away from a question that waits, so its buttons may be out of sight.
 */
export async function expectHolds(page: Page, said: Console, what: string, elsewhere = false): Promise<void> {
  const until = Date.now() + SETTLES_WITHIN
  let faults = await look(page, elsewhere)
  while (Object.values(faults).some((found) => found.length > 0) && Date.now() < until)
    faults = await look(page, elsewhere)
  const found = Object.entries({ ...faults, console: said.drain() }).filter(([, faults]) => faults.length > 0)
  expect.soft(Object.fromEntries(found), what).toEqual({})
}

async function look(page: Page, elsewhere: boolean): Promise<Faults> {
  const faults = await page.evaluate<Faults>(measures)
  return elsewhere ? { ...faults, outOfReach: [] } : faults
}
