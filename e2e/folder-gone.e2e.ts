import { mkdir, rename, rm } from 'node:fs/promises'
import { text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

test('a chat whose folder is gone can be read, says what to do, and goes on in another folder', async ({
  machine,
  backend,
}) => {
  backend.script(text('It adds numbers.'), text('Still here.'))
  const first = await machine.launch({ env: environmentFor(backend) })
  await first.page.getByRole('textbox', { name: 'Message' }).fill('What does it do?')
  await first.page.getByRole('textbox', { name: 'Message' }).press('Enter')
  await expect(first.page.getByRole('region', { name: 'Transcript' })).toContainText('It adds numbers.')
  await first.app.close()
  const other = `${machine.project}-moved`
  await rename(machine.project, other)

  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('region', { name: 'Sessions' }).getByText('What does it do?').click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('It adds numbers.')
  const gone = page.getByRole('region', { name: 'The folder is gone' })
  await expect(gone).toContainText(`${machine.project} is not there any more.`)
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeHidden()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await gone.getByRole('button', { name: 'Copy the chat' }).click()
  const copied = await app.evaluate(({ clipboard }) => clipboard.readText())
  expect(copied).toContain('What does it do?')
  expect(copied).toContain('It adds numbers.')

  await app.evaluate(({ dialog }, folder) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] })
  }, other)
  await gone.getByRole('button', { name: 'Choose another folder…' }).click()
  await page.getByRole('textbox', { name: 'Message' }).fill('And now?')
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
  await expect(transcript).toContainText('Still here.')
  expect(String(backend.chatRequests()[1]?.messages.at(-1)?.content)).toContain(other)
  await rm(other, { recursive: true })
  await mkdir(machine.project)
})
