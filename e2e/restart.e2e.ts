import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { gate, text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

const userData = (app: ElectronApplication) => app.evaluate(({ app }) => app.getPath('userData'))

test('reload in mid-turn: the page comes back to the running turn', async ({ machine, backend }) => {
  const held = gate()
  backend.script(text('Before the reload and after it', { chunks: 2, gate: held.opened }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Tell me')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Before')
  await page.reload()
  await page.getByRole('region', { name: 'Sessions' }).getByText('Tell me').click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Before')
  held.open()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Before the reload and after it')
})

test('SIGKILL in mid-turn: every word is there again, the turn is marked interrupted, and it goes on', async ({
  machine,
  backend,
}) => {
  const never = gate()
  backend.script(text('These words were seen, these were not', { chunks: 2, gate: never.opened }), text('Where was I.'))
  const first = await machine.launch({ env: environmentFor(backend) })
  await first.page.getByRole('textbox', { name: 'Message' }).fill('A long story')
  await first.page.getByRole('button', { name: 'Send' }).click()
  const seen = first.page.getByRole('region', { name: 'Transcript' })
  await expect(seen).toContainText('These words')
  await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1111, 666))
  const remembered = async () => readFile(join(await userData(first.app), 'window.json'), 'utf8').catch(() => '')
  await expect.poll(remembered).toMatch(/"width": ?1111/)
  await machine.kill(first)

  const { page } = await machine.launch({ env: environmentFor(backend) })
  await expect.poll(() => page.evaluate(() => innerWidth)).toBe(1111)
  await expect(page.getByRole('region', { name: 'Sessions' })).toContainText('interrupted')
  await page.getByRole('region', { name: 'Sessions' }).getByText('A long story').click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('These words')
  await expect(transcript).toContainText(/interrupted/i)
  await page.getByRole('textbox', { name: 'Message' }).fill('Go on')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(transcript).toContainText('Where was I.')
  const messages = backend.chatRequests()[1]?.messages ?? []
  expect(messages.slice(1).map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  expect(messages[2]?.content).toContain('These words')
})
