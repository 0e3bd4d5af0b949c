import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { text } from '../test-support/scripted-backend.ts'
import { accessProblems } from './support/access.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { transcript } from './support/chat-places.ts'

const bar = (page: Page) => page.getByRole('region', { name: 'Instructions of this folder' })
const message = (page: Page) => page.getByRole('textbox', { name: 'Message' })
async function send(page: Page, words: string): Promise<void> {
  await message(page).fill(words)
  await message(page).press('Enter')
}
const look = (page: Page) => page.evaluate(() => window.dispatchEvent(new Event('focus')))

test('a folder with an AGENTS.md asks above the message box, and after a yes its text counts', async ({
  machine,
  backend,
}) => {
  await machine.write({ 'AGENTS.md': 'Answer in French.\n' })
  backend.script(text('Hello.'), text('Bonjour.'), text('Good day.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await expect(bar(page)).toContainText('AGENTS.md tells the agent how to work here.')
  expect(await accessProblems(page)).toEqual([])
  // Nobody has to answer before they work.
  await send(page, 'Say hello.')
  await expect(transcript(page)).toContainText('Hello.')
  await expect(bar(page)).toBeVisible()
  await bar(page).getByRole('button', { name: 'Trust' }).click()
  await expect(bar(page)).toBeHidden()
  await expect(message(page)).toBeFocused()
  await send(page, 'And now?')
  await expect(transcript(page)).toContainText('Bonjour.')
  const [first, second] = backend.chatRequests()
  expect(JSON.stringify(first?.body)).not.toContain('French')
  expect(second?.messages.at(-1)?.content).toMatch(
    /^<(instructions-[0-9a-f]{8})>\n[^\n]+\n\[AGENTS\.md\]\nAnswer in French\.\n<\/\1>\n\nAnd now\?$/,
  )
  expect(second?.messages.slice(0, first?.messages.length)).toEqual(first?.messages)

  // A change is used, and named.
  await machine.write({ 'AGENTS.md': 'Answer in English.\n' })
  await send(page, 'And after a change?')
  await expect(transcript(page)).toContainText('Good day.')
  await expect(transcript(page)).toContainText(`${join(machine.project, 'AGENTS.md')} changed since it was used last`)
  await expect(bar(page)).toBeHidden()
})

test('a no is kept over a restart, and Settings takes an answer back', async ({ machine, backend }) => {
  await machine.write({ 'CLAUDE.md': 'Answer in French.\n' })
  backend.script(text('Hello.'))
  const first = await machine.launch({ env: environmentFor(backend) })
  await bar(first.page).getByRole('button', { name: 'Not now' }).click()
  await expect(bar(first.page)).toBeHidden()
  await send(first.page, 'Say hello.')
  await expect(transcript(first.page)).toContainText('Hello.')
  expect(JSON.stringify(backend.chatRequests())).not.toContain('French')
  await machine.kill(first)

  const { page } = await machine.launch({ env: environmentFor(backend), colorScheme: 'dark' })
  await expect(message(page)).toBeVisible()
  await page.getByRole('link', { name: 'Settings' }).click()
  const again = page.getByRole('button', { name: `Ask again: ${machine.project}` })
  await expect(again).toBeVisible()
  expect(await accessProblems(page)).toEqual([])
  await again.click()
  await expect(again).toBeHidden()
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(bar(page)).toContainText('CLAUDE.md tells the agent how to work here.')
  await bar(page).getByRole('button', { name: 'Trust' }).click()
  await expect(bar(page)).toBeHidden()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: `Take trust back: ${machine.project}` }).click()
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(bar(page)).toBeVisible()
})

test('the bar takes the focus from nobody who writes, also where the window is narrow', async ({
  machine,
  backend,
}) => {
  await machine.write({ 'a.txt': 'a\n' })
  const { page } = await machine.launch({ env: environmentFor(backend), colorScheme: 'dark' })
  await message(page).click()
  await page.keyboard.type('A message that is being ')
  await page.setViewportSize({ width: 480, height: 640 })
  await machine.write({ 'AGENTS.md': 'Answer in French.\n' })
  await look(page)
  await expect(bar(page)).toBeVisible()
  await expect(message(page)).toBeFocused()
  await page.keyboard.type('written')
  await expect(message(page)).toHaveValue('A message that is being written')
  const [width, inner] = await bar(page).evaluate((element) => [element.scrollWidth, element.clientWidth])
  expect(width).toBeLessThanOrEqual(inner ?? 0)
  expect(await accessProblems(page)).toEqual([])
})

test('a click that was on its way as the bar appeared does not answer it', async ({ machine, backend }) => {
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await expect(page.getByRole('heading', { level: 1, name: 'New chat' })).toBeVisible()
  await page.evaluate(() => {
    const observer = new MutationObserver(() => {
      const buttons = document.querySelectorAll<HTMLElement>('[aria-label="Instructions of this folder"] button')
      if (buttons.length === 0) return
      observer.disconnect()
      for (const button of buttons) button.click()
      document.documentElement.dataset.clicked = 'yes'
    })
    observer.observe(document, { subtree: true, childList: true })
  })
  await machine.write({ 'AGENTS.md': 'Answer in French.\n' })
  await look(page)
  await page.waitForFunction(() => document.documentElement.dataset.clicked === 'yes')
  await bar(page).getByRole('button', { name: 'Trust' }).click({ trial: true })
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await expect(page.getByRole('button', { name: /^(Take trust back|Ask again)/ })).toBeHidden()
  await page.getByRole('link', { name: 'Chat' }).click()
  await bar(page).getByRole('button', { name: 'Trust' }).click()
  await expect(bar(page)).toBeHidden()
})
