import type { Page } from '@playwright/test'

/** Lets the page draw so many times. */
export async function frames(page: Page, count: number): Promise<void> {
  await page.evaluate(async (count) => {
    for (let drawn = 0; drawn < count; drawn++) await new Promise(requestAnimationFrame)
  }, count)
}
