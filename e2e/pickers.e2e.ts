import type { Page } from '@playwright/test'
import { gate, text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

async function send(page: Page, message: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(message)
  await page.keyboard.press('Enter')
}

const names = ['Permission', 'Backend profile'] as const

for (const name of names) {
  test(`${name}: Escape closes it and nothing else, and is the turn's again afterwards`, async ({
    machine,
    backend,
  }) => {
    const never = gate()
    backend.script(text('Tick tock', { chunks: 2, gate: never.opened }))
    const { page } = await machine.launch({ env: environmentFor(backend) })
    await send(page, 'Count')
    await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Tick')
    const stop = page.getByRole('button', { name: 'Stop' })
    const list = page.getByRole('listbox', { includeHidden: true })

    await page.getByRole('combobox', { name }).click()
    await expect(list).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(list).toHaveCount(0)
    await expect(stop).toBeVisible()

    await page.keyboard.press('Escape')
    await expect(stop).toBeHidden()
    await backend.chatRequests()[0]?.closed
  })
}

test('after a choice in a picker every key of the window works, and no list stays behind', async ({
  machine,
  backend,
}) => {
  backend.script(text('Done.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await send(page, 'Go')
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Done.')
  const list = page.getByRole('listbox', { includeHidden: true })
  for (const name of names) {
    await page.getByRole('combobox', { name }).focus()
    await expect(list).toHaveCount(0)
    await page.getByRole('combobox', { name }).press('Enter')
    await page.getByRole('option').first().click()
    await expect(list).toHaveCount(0)
  }
  await page.keyboard.press('Control+,')
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await page.keyboard.press('Control+1')
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Done.')
  const sidebar = page.getByRole('button', { name: 'Hide sidebar' })
  await page.keyboard.press('Control+B')
  await expect(sidebar).toBeHidden()
  await page.keyboard.press('Control+B')
  await expect(sidebar).toBeVisible()
  await page.keyboard.press('Control+N')
  await expect(page.getByRole('heading', { level: 1, name: 'New chat' })).toBeVisible()
})
