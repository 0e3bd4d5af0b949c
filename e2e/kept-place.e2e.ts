import type { Page } from '@playwright/test'
import { gate, text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { transcript } from './support/chat-places.ts'

const story = (name: string) => Array.from({ length: 80 }, (_, line) => `${name} line ${line}.`).join('\n\n')

async function say(page: Page, words: string, answer: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(words)
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
  await expect(transcript(page)).toContainText(answer)
}

test('whoever comes back to a chat is where they were reading, in an old turn and in the newest', async ({
  machine,
  backend,
}) => {
  backend.script(text(story('First')), text(story('Second')), text(story('Third')))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await say(page, 'One', 'First line 79.')
  await say(page, 'Two', 'Second line 79.')
  await say(page, 'Three', 'Third line 79.')
  for (const words of ['Third line 20.', 'First line 30.']) {
    const line = transcript(page).getByText(words, { exact: true })
    await transcript(page).hover()
    await expect(async () => {
      await page.mouse.wheel(0, -500)
      await expect(line).toBeAttached({ timeout: 100 })
    }).toPass({ intervals: [50] })
    await line.evaluate((element) => element.scrollIntoView({ block: 'center' }))
    const place = async () => Math.round((await line.boundingBox())?.y ?? -1)
    let last = -1
    await expect
      .poll(async () => {
        const before = last
        last = await place()
        return last === before
      })
      .toBe(true)
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('link', { name: 'Chat' }).click()
    await expect.poll(place).toBeGreaterThan(last - 5)
    expect(Math.abs((await place()) - last)).toBeLessThan(5)
    await page.getByRole('button', { name: 'New chat' }).click()
    await page.getByRole('region', { name: 'Sessions' }).getByRole('link', { name: /One/ }).click()
    await expect.poll(async () => Math.abs((await place()) - last)).toBeLessThan(5)
  }
})

test('a chat that ended while nobody looked is marked until somebody does', async ({ machine, backend }) => {
  const held = gate()
  backend.script(text('Done.'), text('Also done.', { chunks: 2, gate: held.opened }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await say(page, 'One', 'Done.')
  await page.getByRole('textbox', { name: 'Message' }).fill('Again')
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
  await expect(transcript(page)).toContainText('Also')
  await page.getByRole('link', { name: 'Settings' }).click()
  held.open()
  const row = page.getByRole('region', { name: 'Sessions' }).getByRole('link', { name: /One/ })
  await expect(row.getByRole('img', { name: 'finished, not seen' })).toBeVisible()
  await row.click()
  await expect(transcript(page)).toContainText('Also done.')
  await expect(row.getByRole('img', { name: 'finished, not seen' })).toBeHidden()
})
