import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { gate, text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { runsOf } from './support/terminal.ts'

const ways: Record<string, (app: ElectronApplication) => Promise<unknown>> = {
  'its window is closed where there is no tray, and that is meant': (app) =>
    app.evaluate(({ BrowserWindow, dialog }) => {
      dialog.showMessageBox = async () => ({ response: 1, checkboxChecked: false })
      BrowserWindow.getAllWindows()[0]?.close()
    }),
  'it is told to quit': (app) => app.evaluate(({ app: main }) => main.quit()),
  'the system ends it': async (app) => app.process().kill('SIGTERM'),
}

for (const [what, end] of Object.entries(ways)) {
  test(`${what} in mid-turn: the turn ends in the journal, and the lock is given up`, async ({ machine, backend }) => {
    const never = gate()
    backend.script(text('Before the end and after it', { chunks: 2, gate: never.opened }))
    const { app, page } = await machine.launch({ env: environmentFor(backend) })
    await page.getByRole('textbox', { name: 'Message' }).fill('Tell me')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Before')
    const gone = new Promise<void>((resolve) => app.once('close', () => resolve()))
    // The app may be gone before it could say that it went.
    await end(app).catch(() => undefined)
    await gone

    const folder = join(machine.home, 'sessions')
    const names = (await readdir(folder)).map((name) => name.split('.')[1]).sort()
    const journal = (await readdir(folder)).find((name) => name.endsWith('.jsonl')) ?? ''
    const last: unknown = JSON.parse((await readFile(join(folder, journal), 'utf8')).trim().split('\n').at(-1) ?? '')
    expect([names, last]).toEqual([['json', 'jsonl'], expect.objectContaining({ type: 'turn-end', reason: 'aborted' })])
  })
}

test('whoever leaves a chat going is rid of the window at once, and its command comes to its end', async ({
  machine,
  backend,
}) => {
  backend.script(toolCall('bash', { command: 'until [ -f open ]; do sleep 0.1; done' }), text('It is open.'))
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Wait for it')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('button', { name: 'Allow once' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('running')
  const gone = new Promise<void>((resolve) => app.once('close', () => resolve()))
  await app.evaluate(({ BrowserWindow, dialog }) => {
    dialog.showMessageBox = async () => ({ response: 0, checkboxChecked: false })
    BrowserWindow.getAllWindows()[0]?.close()
  })
  const visible = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((one) => one.isVisible()))
  await expect.poll(visible).toBe(false)
  await machine.write({ open: '' })
  await gone
  await expect.poll(async () => (await runsOf(machine))[0]?.status, { timeout: 20_000 }).toBe('completed')
})
