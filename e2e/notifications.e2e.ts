import type { ElectronApplication, Page } from '@playwright/test'
import { SETTLED } from '../shared/lib/settled.ts'
import { gate, text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor } from './support/app.ts'
import { closeWindow } from './support/desktop.ts'
import { expect, test } from './support/tray-host.ts'

test('who does not look is told by the desktop, once, and a click opens the chat', async ({
  machine,
  backend,
  desktop,
}) => {
  const [asked, held] = [gate(), gate()]
  backend.script(
    toolCall('write_file', { path: 'note.txt', content: 'x\n' }, { text: 'Here it comes.', gate: asked.opened }),
    text('Written, and that is all', { chunks: 2, gate: held.opened }),
  )
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await expect.poll(() => desktop.count()).toBe(1)
  await page.getByRole('textbox', { name: 'Message' }).fill('Write a note')
  await leaveWorking(app, page)
  asked.open()

  await expect
    .poll(() => desktop.notifications)
    .toEqual([
      {
        id: 1,
        title: 'Approval needed',
        body: 'Write a note, in project: create note.txt',
        // Electron does not hand them to a desktop of Linux.
        buttons: [],
        closed: false,
      },
    ])
  await desktop.answer('Waiting: Write a note', 'Allow once')
  // What is answered needs nobody any more.
  await expect.poll(() => desktop.notifications.map(({ closed }) => closed)).toEqual([true])
  held.open()
  await expect
    .poll(() => desktop.notifications.map(({ title }) => title))
    .toEqual(['Approval needed', 'Done: Write a note'])
  const opened = app.waitForEvent('window')
  desktop.openNotification(2)
  await expect((await opened).getByRole('region', { name: 'Transcript' })).toContainText('Written, and that is all')
})

test('a button of the notification answers when it was there for a moment, not at once, and the run goes on without a window', async ({
  machine,
  backend,
  desktop,
}) => {
  const asked = gate()
  backend.script(
    toolCall('write_file', { path: 'note.txt', content: 'x\n' }, { text: 'Here it comes.', gate: asked.opened }),
    text('Written.'),
  )
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await expect.poll(() => desktop.count()).toBe(1)
  // Where desktops have buttons, Electron says which was pressed; here the test does.
  const shown = await app.evaluateHandle(({ Notification }) => {
    const { show } = Notification.prototype
    const shown: Electron.Notification[] = []
    Notification.prototype.show = function (this: Electron.Notification) {
      show.call(this)
      shown.push(this)
      // The second press of a double click on a notification that was at the same place.
      if (shown.length === 1) this.emit('action', {}, 0)
    }
    return shown
  })
  await page.getByRole('textbox', { name: 'Message' }).fill('Write a note')
  await leaveWorking(app, page)
  asked.open()
  // It was put away by the press, and is there again.
  await expect
    .poll(() => desktop.notifications.map(({ title }) => title))
    .toEqual(['Approval needed', 'Approval needed'])
  const again = await app.evaluate(() => performance.now())
  await expect.poll(() => app.evaluate(() => performance.now())).toBeGreaterThan(again + SETTLED)
  const buttons = await shown.evaluate(([, question]) => {
    const texts = question?.actions.map(({ text }) => text) ?? []
    question?.emit('action', {}, texts.indexOf('Allow once'))
    return texts
  })
  expect(buttons).toEqual(['Allow once', 'Deny'])
  await expect.poll(() => desktop.notifications.map(({ title }) => title)).toContain('Done: Write a note')
  expect(await machine.read('note.txt')).toBe('x\n')
})

test('notifications can be switched off', async ({ machine, backend, desktop }) => {
  const held = gate()
  backend.script(text('All done', { chunks: 2, gate: held.opened }))
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await expect.poll(() => desktop.count()).toBe(1)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('switch', { name: 'Notify me' }).click()
  await expect(page.getByRole('switch', { name: 'Notify me' })).not.toBeChecked()
  await page.getByRole('link', { name: 'Chat' }).click()
  await page.getByRole('textbox', { name: 'Message' }).fill('Say something')
  await leaveWorking(app, page)
  held.open()
  await expect.poll(() => desktop.menu()).toContain('(Today 15 tokens)')
  await expect.poll(() => desktop.menu()).toContain('(Nothing runs)')
  expect(desktop.notifications).toEqual([])
})

/** The turn has begun when there is something to stop. */
async function leaveWorking(app: ElectronApplication, page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()
  await closeWindow(app)
  await expect.poll(() => app.windows()).toEqual([])
}
