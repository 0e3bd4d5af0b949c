import type { ElectronApplication, Page } from '@playwright/test'
import { gate, text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { answerQuestions, closeWindow } from './support/desktop.ts'
import { claw, runsOf } from './support/terminal.ts'
import { TrayHost } from './support/tray-host.ts'

test('without a tray, a hidden start shows the window', async ({ machine }) => {
  const desktop = await TrayHost.start({ tray: false })
  const { app, page } = await machine.launch({
    env: { DBUS_SESSION_BUS_ADDRESS: desktop.address },
    args: ['--hidden'],
  })
  await expect(page.getByRole('heading', { name: 'Connect a backend' })).toBeVisible()
  await app.close()
  await desktop.close()
})

test('without a tray, closing the window asks while something goes on', async ({ machine, backend }) => {
  const never = gate()
  backend.script(text('Before and after', { chunks: 2, gate: never.opened }))
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Tell me')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Before')
  const asked = await answerQuestions(app, 'Cancel')
  await closeWindow(app)
  await expect.poll(asked).toEqual(['1 chat is going on: Leave it going, Stop it and quit, Cancel'])
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()
  const gone = new Promise<void>((resolve) => app.once('close', () => resolve()))
  await answerQuestions(app, 'Stop it and quit')
  await closeWindow(app)
  await gone
})

test('without a tray, it is said once, and closing the window leaves a run going or stops it', async ({
  machine,
  backend,
}) => {
  const never = gate()
  const env = environmentFor(backend)
  backend.script(text('Before and after', { chunks: 2, gate: never.opened }))
  await claw(machine, ['agent-bg', 'Tell me'], env)
  const statuses = async () => (await runsOf(machine)).map(({ status }) => status)

  const first = await machine.launch({ env })
  const said = (page: Page) => page.getByRole('status').filter({ hasText: 'This desktop has no tray' })
  await expect(said(first.page)).toBeVisible()
  await answerQuestions(first.app, 'Leave it going')
  await leave(first.app, () => closeWindow(first.app))
  expect(await statuses()).toEqual(['running'])

  const second = await machine.launch({ env })
  await expect(second.page.getByRole('link', { name: 'Background' })).toHaveAccessibleDescription('1 running')
  await expect(said(second.page)).toBeHidden()
  await answerQuestions(second.app, 'Stop it and quit')
  await leave(second.app, () => closeWindow(second.app))
  expect(await statuses()).toEqual(['killed'])
})

async function leave(app: ElectronApplication, way: () => Promise<void>): Promise<void> {
  const gone = new Promise<void>((resolve) => app.once('close', () => resolve()))
  await way()
  await gone
}
