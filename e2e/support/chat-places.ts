import type { Locator, Page } from '@playwright/test'

/** Where a person reads a chat. */
export function transcript(page: Page): Locator {
  return page.getByRole('region', { name: 'Transcript' })
}

/** Where a person writes. */
export function message(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Message' })
}
