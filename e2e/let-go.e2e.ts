import type { Locator, Page } from '@playwright/test'
import { accessProblems } from './support/access.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { message, transcript } from './support/chat-places.ts'
import { resize } from './support/frames.ts'
import { writePastSessions } from './support/past-sessions.ts'

/** Of each output; with the calls' arguments and the texts, a view holds no more than eight of them once there were more. */
const OUTPUT = 1_000_000

for (const colorScheme of ['light', 'dark'] as const) {
  test(`what the oldest calls of a very long session gave back is said to be in its journal, ${colorScheme}`, async ({
    machine,
    backend,
  }) => {
    const output = 'a line of the output of a build\n'.repeat(Math.ceil(OUTPUT / 32)).slice(0, OUTPUT)
    await writePastSessions(machine, [
      {
        title: 'A day of builds',
        turns: [
          { question: 'Look at it all.', calls: 17, output, answer: 'That was all of it.' },
          { question: 'And again.', answer: 'It is the same.' },
        ],
      },
    ])
    const { app, page } = await machine.launch({ env: environmentFor(backend), colorScheme })
    await page
      .getByRole('region', { name: 'Sessions' })
      .getByRole('link', { name: /A day of builds/ })
      .click()
    await expect(transcript(page)).toContainText('It is the same.')
    const first = await openCall(page, 'folder-1')
    await expect(transcript(page)).toContainText('… 1,000,012 characters, kept in the journal of this session.')
    for (const width of [1440, 480]) {
      await resize(app, page, width, 900)
      await first.focus()
      await page.keyboard.press('Home')
      await expect(first).toBeInViewport()
      await page.screenshot({ path: `test-results/pictures/let-go-${colorScheme}-${width}.png` })
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
      expect(scrollWidth, 'the page scrolls sideways').toBe(clientWidth)
    }
    expect(await accessProblems(page)).toEqual([])
    // The newest are held as they were, and the page scrolls from one end to the other.
    await page.keyboard.press('End')
    await expect(transcript(page).getByText('It is the same.')).toBeInViewport()
    await openCall(page, 'folder-17')
    await expect(transcript(page)).toContainText('a line of the output of a build')
    await page.keyboard.press('Home')
    await expect(first).toBeInViewport()
    await message(page).fill('Go on')
    await expect(message(page)).toHaveValue('Go on')
  })
}

async function openCall(page: Page, folder: string): Promise<Locator> {
  const row = transcript(page).getByRole('button', { name: new RegExp(`List ${folder} `) })
  await row.click()
  await expect(row).toHaveAttribute('aria-expanded', 'true')
  return row
}
