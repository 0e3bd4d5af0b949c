import { gate, text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor } from './support/app.ts'
import { answerQuestions, closeWindow } from './support/desktop.ts'
import { runsOf } from './support/terminal.ts'
import { expect, test } from './support/tray-host.ts'

test('a chat is allowed and stopped from the tray while the window is closed', async ({
  machine,
  backend,
  desktop,
}) => {
  const never = gate()
  backend.script(
    toolCall('write_file', { path: 'note.txt', content: 'x\n' }),
    text('Written, and then this', { chunks: 2, gate: never.opened }),
  )
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await expect.poll(() => desktop.count()).toBe(1)
  const idle = await desktop.icon()
  expect(await desktop.menu()).toEqual(['(Nothing runs)', '---', 'New task…', 'Open Claw Code Agent', '---', 'Quit'])
  await page.getByRole('textbox', { name: 'Message' }).fill('Write a note')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('alertdialog', { name: 'Approval needed' })).toBeVisible()
  await closeWindow(app)
  await expect.poll(() => app.windows()).toEqual([])

  await expect
    .poll(() => desktop.menu())
    .toEqual([
      '(1 waits for you)',
      '---',
      'Waiting: Write a note',
      '  (create note.txt)',
      '  Allow once',
      '  Allow for this session',
      '  Deny',
      '  ---',
      '  Open',
      '  Stop',
      '---',
      '(Today 15 tokens)',
      '---',
      'New task…',
      'Open Claw Code Agent',
      '---',
      'Quit…',
    ])
  expect([await desktop.toolTip(), (await desktop.icon()) === idle]).toEqual(['1 waits for you', false])
  await desktop.answer('Waiting: Write a note', 'Allow once')
  await expect.poll(() => desktop.menu()).toContain('Write a note · working')
  await expect.poll(() => machine.read('note.txt').catch(() => 'not there yet')).toBe('x\n')

  const opened = app.waitForEvent('window')
  await desktop.click('Write a note · working', 'Open')
  const again = await opened
  await expect(again.getByRole('region', { name: 'Transcript' })).toContainText('Written')
  await desktop.click('Write a note · working', 'Stop')
  await expect(again.getByRole('button', { name: 'Stop' })).toBeHidden()
  await expect.poll(() => desktop.menu()).toContain('(Nothing runs)')
})

test('quitting from the tray asks while something goes on', async ({ machine, backend, desktop }) => {
  const never = gate()
  backend.script(text('Before and after', { chunks: 2, gate: never.opened }))
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Tell me')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Before')
  await expect.poll(() => desktop.menu()).toContain('Quit…')
  const asked = await answerQuestions(app, 'Cancel')
  await desktop.click('Quit…')
  await expect.poll(asked).toEqual(['1 chat is going on: Leave it going, Stop it and quit, Cancel'])
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()

  const gone = new Promise<void>((resolve) => app.once('close', () => resolve()))
  await answerQuestions(app, 'Stop it and quit')
  await desktop.click('Quit…')
  await gone
  await expect.poll(() => desktop.count()).toBe(0)
})

test('a chat is left going: the app ends, and it goes on as a run', async ({ machine, backend, desktop }) => {
  const never = gate()
  backend.script(text('Before and after', { chunks: 2, gate: never.opened }), text('It went on.'))
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Tell me')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Before')
  const gone = new Promise<void>((resolve) => app.once('close', () => resolve()))
  await answerQuestions(app, 'Leave it going')
  await desktop.click('Quit…')
  await gone
  const runs = async () => (await runsOf(machine)).map(({ prompt, status }) => `${prompt}: ${status}`)
  await expect.poll(runs).toEqual(['Tell me: completed'])

  const again = await machine.launch({ env: environmentFor(backend) })
  await again.page.getByRole('link', { name: 'Background' }).click()
  await expect(again.page.getByRole('region', { name: 'Tell me', exact: true })).toContainText('It went on.')
})

test('a person may want a closed window to end the app', async ({ machine, desktop }) => {
  const { app, page } = await machine.launch()
  await expect.poll(() => desktop.count()).toBe(1)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('radiogroup', { name: 'When the window is closed' }).getByRole('radio', { name: 'Quit' }).click()
  await expect(page.getByRole('radio', { name: 'Quit' })).toBeChecked()
  const gone = new Promise<void>((resolve) => app.once('close', () => resolve()))
  await closeWindow(app)
  await gone
})

test('the panel of the desktop may come and go', async ({ machine, desktop }) => {
  await desktop.hideTray()
  const { app } = await machine.launch()
  await desktop.showTray()
  await expect.poll(() => desktop.count()).toBe(1)
  await closeWindow(app)
  await expect.poll(() => app.windows()).toEqual([])
  // Nobody could reach an app without window and tray.
  const opened = app.waitForEvent('window')
  await desktop.hideTray()
  await opened
  await desktop.showTray()
  await expect.poll(() => desktop.menu()).toContain('Open Claw Code Agent')
})

test('the app starts into the tray, and a click on its icon opens the window', async ({ machine, desktop }) => {
  const { app } = await machine.start({ args: ['--hidden'] })
  await expect.poll(() => desktop.count()).toBe(1)
  expect(app.windows()).toEqual([])
  const opened = app.waitForEvent('window')
  desktop.activate()
  await expect((await opened).getByRole('heading', { name: 'Connect a backend' })).toBeVisible()
})
