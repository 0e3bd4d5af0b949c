import type { Locator, Page } from '@playwright/test'
import { expect } from '../support/app.ts'

export const transcript = (page: Page): Locator => page.getByRole('region', { name: 'Transcript' })

export const message = (page: Page): Locator => page.getByRole('textbox', { name: 'Message' })

/** The question that says so. */
export const question = (page: Page, words: string): Locator =>
  page.getByRole('alertdialog', { name: 'Approval needed' }).filter({ hasText: words })

export async function newChat(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(page).toHaveTitle(/^New chat/)
}

export async function send(page: Page, text: string): Promise<void> {
  await message(page).fill(text)
  await message(page).press('Enter')
  await expect(message(page)).toHaveValue('')
}

/** Until the turn has ended with these words. */
export async function answered(page: Page, words: string): Promise<void> {
  await expect(transcript(page)).toContainText(words)
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
}

/** Presses until the question has gone: in its first moments it takes no answer. */
export async function answer(card: Locator, press: () => Promise<void>): Promise<void> {
  await expect(card).toBeVisible()
  await expect(async () => {
    if (await card.isVisible()) await press()
    await expect(card).toBeHidden({ timeout: 1000 })
  }).toPass({ timeout: 15_000 })
}

export async function answerBy(card: Locator, name: string): Promise<void> {
  await answer(card, () => card.getByRole('button', { name, exact: name === 'Deny' }).click({ timeout: 2000 }))
}

/** Opens a page by its link and waits for its title. */
export async function visit(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
}
