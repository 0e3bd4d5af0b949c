import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './support/app.ts'

test('the app starts with the computer only where a person says so', async ({ machine }) => {
  const entry = () =>
    readFile(join(machine.home, '.config/autostart/claw-code-agent.desktop'), 'utf8').catch(() => null)
  const { page } = await machine.launch()
  await page.getByRole('link', { name: 'Settings' }).click()
  const choice = page.getByRole('switch', { name: 'Start with the computer' })
  await expect(choice).not.toBeChecked()
  expect(await entry()).toBe(null)
  await choice.click()
  await expect.poll(entry).toMatch(/^Exec=env "CLAW_HOME=.*" ".*" .*"--hidden"$/m)
  await choice.click()
  await expect.poll(entry).toBe(null)
})
