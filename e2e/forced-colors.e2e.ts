import type { Page } from '@playwright/test'
import { text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

for (const scheme of ['light', 'dark'] as const) {
  test(`icons have the colours that the system has for words, ${scheme}`, async ({ machine, backend }) => {
    backend.script(
      toolCall('write_file', { path: 'new.txt', content: 'x\n' }),
      toolCall('bash', { command: 'exit 3' }),
      text('It is there.'),
    )
    const { page } = await machine.launch({ env: environmentFor(backend), colorScheme: scheme })
    await page.emulateMedia({ forcedColors: 'active', colorScheme: scheme })
    await page.getByRole('textbox', { name: 'Message' }).fill('Make a file')
    await page.getByRole('button', { name: 'Send' }).click()
    const approval = page.getByRole('alertdialog', { name: 'Approval needed' })
    await expect(approval).toContainText('new.txt')
    await look(page, `question-${scheme}`)
    await approval.getByRole('button', { name: 'Allow once' }).click()
    await expect(approval).toContainText('exit 3')
    await approval.getByRole('button', { name: 'Deny', exact: true }).click()
    await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('It is there.')
    await look(page, `chat-${scheme}`)
    for (const name of ['Background', 'Backends', 'Budgets', 'Settings']) {
      await page.getByRole('link', { name, exact: true }).click()
      await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
      await look(page, `${name.toLowerCase()}-${scheme}`)
    }
  })
}

async function look(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `test-results/pictures/forced-colors-${name}.png` })
  const icons = await page.locator('svg.i:visible').evaluateAll((all) =>
    all.map((icon) => {
      const { stroke } = getComputedStyle(icon)
      const around = icon.parentElement ? getComputedStyle(icon.parentElement).color : ''
      return { of: icon.parentElement?.outerHTML.slice(0, 80), stroke, around }
    }),
  )
  expect(icons.length).toBeGreaterThan(5)
  expect(
    icons.filter(({ stroke, around }) => stroke !== around),
    name,
  ).toEqual([])
}
