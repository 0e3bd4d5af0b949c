import { text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { claw } from './support/terminal.ts'

test('single prompts of a terminal do not fill the sidebar, and can be seen, gone on with and removed', async ({
  machine,
  backend,
}) => {
  backend.script(text('One.'), text('Two.'), text('Three.'))
  for (const prompt of ['first', 'second']) await claw(machine, ['agent', prompt], environmentFor(backend))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const sessions = page.getByRole('region', { name: 'Sessions' })
  await expect(sessions.getByRole('button', { name: 'Show 2 single prompts of terminals' })).toBeVisible()
  await expect(sessions.getByRole('link')).toHaveCount(0)
  await sessions.getByRole('button', { name: 'Show 2 single prompts of terminals' }).click()
  await sessions.getByRole('link', { name: /first/ }).click()
  await page.getByRole('textbox', { name: 'Message' }).fill('And?')
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Three.')
  await sessions.getByRole('button', { name: 'Hide 1 single prompt of a terminal' }).click()
  await expect(sessions.getByRole('link')).toHaveCount(1)
  await sessions.getByRole('button', { name: 'Show 1 single prompt of a terminal' }).click()
  await expect(sessions.getByRole('button', { name: 'Remove…' })).toBeInViewport({ ratio: 1 })
  await sessions.getByRole('button', { name: 'Remove…' }).click()
  await page.getByRole('button', { name: 'Remove session' }).click()
  await expect(sessions.getByRole('link')).toHaveCount(1)
  await expect(sessions.getByRole('button', { name: /single prompt/ })).toHaveCount(0)
})

test('where there is no tray, nothing offers to stay in it', async ({ machine, backend }) => {
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('link', { name: 'Settings' }).click()
  const closing = page.getByRole('radiogroup', { name: 'When the window is closed' })
  await expect(closing.getByRole('radio', { name: 'Stay in the tray' })).toBeDisabled()
  await expect(closing.getByRole('radio', { name: 'Quit' })).toBeChecked()
  await expect(page.getByText('This desktop has no tray to stay in, so the app quits.')).toBeVisible()
})
