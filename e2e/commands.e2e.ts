import { text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

test('a command of the window has its own output open, and nothing of the app', async ({ machine, backend }) => {
  test.skip(process.platform !== 'linux', 'the list of open files is read from /proc')
  backend.script(toolCall('bash', { command: 'ls /proc/self/fd' }), text('Done.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('List.')
  await page.keyboard.press('Enter')
  await page.getByRole('alertdialog', { name: 'Approval needed' }).getByRole('button', { name: 'Allow once' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Done.')
  const answer = String(backend.chatRequests().at(-1)?.messages.at(-1)?.content).split('\n')
  // The fourth is the folder that is listed.
  expect([answer.slice(0, 4), answer.length]).toEqual([['0', '1', '2', '3'], 4])
})
