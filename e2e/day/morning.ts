import type { Page } from '@playwright/test'
import { text, toolCall } from '../../test-support/scripted-backend.ts'
import { expect } from '../support/app.ts'
import { answerBy, answered, newChat, question, send, transcript, visit } from './chat.ts'
import type { Day } from './day.ts'
import { longAnswer } from './words.ts'

const pages = ['Background', 'Budgets', 'Backends', 'Settings']

/** The first start, the demo, a real backend, an answer, and a look at every page. */
export async function morning(day: Day): Promise<void> {
  const { page, backend } = day
  await day.step('the first start asks for a backend', async () => {
    await expect(page.getByRole('heading', { name: 'Connect a backend' })).toBeVisible()
    // Nobody has the focus before the first key.
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
    await page.keyboard.press('Tab')
    await day.holdsAtEverySize('first run')
    await day.canBeUsedByEveryone('first run')
  })
  await day.step('the demo asks, is denied and ends', async () => {
    await page.getByRole('button', { name: 'Try the demo' }).click()
    await send(page, 'Show me around')
    await expect(question(page, 'claw-demo.md')).toBeVisible()
    await day.holdsAtEverySize('the question of the demo')
    await answerBy(question(page, 'claw-demo.md'), 'Deny')
    await answerBy(question(page, '$'), 'Deny')
    await answered(page, 'That was the tour')
  })
  await day.step('a real backend is added', async () => {
    await visit(page, 'Backends')
    await day.holds('the demo among the backends')
    await page.getByRole('button', { name: 'Add a backend' }).click()
    await day.holds('the kinds of backends')
    await page.getByRole('button', { name: 'Another server' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Box')
    await page.getByRole('textbox', { name: 'Base URL' }).fill(backend.baseUrl)
    await page.getByRole('button', { name: 'Advanced' }).click()
    await day.holdsAtEverySize('the form of a backend')
    await day.canBeUsedByEveryone('the form of a backend')
    await page.getByRole('button', { name: /^Save/ }).click()
    await expect(page.getByRole('heading', { name: 'Box', exact: true })).toBeVisible()
    await makeDefault(page)
  })
  await day.step('the doctor looks at it', async () => {
    const calls = toolCall('get_weather', { city: 'Paris' })
    backend.script(...Array.from({ length: 30 }, () => calls))
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await expect(page.getByRole('region', { name: 'Doctor' })).toContainText(/today \d\d:\d\d/)
    await day.holdsAtEverySize('what the doctor found')
    await day.canBeUsedByEveryone('what the doctor found')
  })
  await day.step('a question is answered', async () => {
    backend.script(text(longAnswer, { chunks: 9, reasoning: 'The sign is wrong.' }))
    await newChat(page)
    await send(page, 'npm test has been failing since this morning. Why?')
    await answered(page, 'anything is still red')
    await day.canBeUsedByEveryone('chat')
  })
  await day.step('prose is as wide after a visit to every page as before', async () => {
    const before = await boxesOfAnswer(page)
    for (const name of pages) {
      await visit(page, name)
      await day.holds(`the page ${name}`)
      await day.canBeUsedByEveryone(name)
      await page.getByRole('link', { name: 'Chat', exact: true }).click()
      await expect(transcript(page)).toContainText('anything is still red')
      await day.holds(`prose after a visit to ${name}`)
      expect.soft(await boxesOfAnswer(page), `the answer after a visit to ${name}`).toEqual(before)
    }
    await day.newChatAndBack('after the visits')
  })
}

/** The first real backend answers new chats, be it by itself or because the person says so. */
async function makeDefault(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Make default' })
  const badge = page.getByText('default', { exact: true }).first()
  await expect(button.or(badge).first()).toBeVisible()
  if (await button.isVisible()) await button.click()
  await expect(button).toBeHidden()
}

/** The boxes of all that the transcript shows, without where they are and without the colours of code. */
async function boxesOfAnswer(page: Page): Promise<string[]> {
  return transcript(page).evaluate((region) =>
    [...region.querySelectorAll(':not(pre *, svg *)')].map((element) => {
      const { width, height } = element.getBoundingClientRect()
      return `${element.tagName} ${Math.round(width)}×${Math.round(height)} ${getComputedStyle(element).backgroundColor}`
    }),
  )
}
