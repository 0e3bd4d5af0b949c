import { mkdir, readFile, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, type Machine, test } from './support/app.ts'
import { message } from './support/chat-places.ts'

/** Until the words are on the disk, which takes less than a second. */
async function kept(machine: Machine, words: string): Promise<void> {
  const file = () => readFile(join(machine.home, 'window-memory.json'), 'utf8').catch(() => '')
  await expect.poll(file, { timeout: 1_000, intervals: [50] }).toContain(words)
}

test('what was written and not sent is there after a SIGKILL, in the chat that was open', async ({
  machine,
  backend,
}) => {
  backend.script(text('Four.'))
  const first = await machine.launch({ env: environmentFor(backend) })
  await message(first.page).fill('Two and two')
  await message(first.page).press('Enter')
  await expect(first.page.getByRole('region', { name: 'Transcript' })).toContainText('Four.')
  await message(first.page).pressSequentially('And three and thr')
  await kept(machine, 'And three and thr')
  await machine.kill(first)

  const second = await machine.launch({ env: environmentFor(backend) })
  await expect(second.page.getByRole('heading', { name: 'Two and two', level: 1 })).toBeVisible()
  await expect(message(second.page)).toHaveValue('And three and thr')
  await second.page.getByRole('button', { name: 'New chat' }).click()
  await expect(message(second.page)).toHaveValue('')
  await message(second.page).pressSequentially('A new question')
  await kept(machine, 'A new question')
  await machine.kill(second)

  const { page } = await machine.launch({ env: environmentFor(backend) })
  await expect(message(page)).toHaveValue('A new question')
  await page.getByRole('region', { name: 'Sessions' }).getByText('Two and two').click()
  await expect(message(page)).toHaveValue('And three and thr')
})

test('what is typed while a new chat is being made stands in that chat', async ({ machine, backend }) => {
  backend.script(text('Four.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await message(page).fill('Two and two')
  await message(page).press('Enter')
  await page.keyboard.type('0123456789', { delay: 20 })
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Four.')
  await expect(message(page)).toHaveValue('0123456789')
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(message(page)).toHaveValue('')
})

test('a draft goes with its chat, and a window that is loaded again has it', async ({ machine, backend }) => {
  backend.script(text('Four.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await message(page).fill('Two and two')
  await message(page).press('Enter')
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Four.')
  await message(page).pressSequentially('half a thou')
  await kept(machine, 'half a thou')
  await page.reload()
  await expect(message(page)).toHaveValue('half a thou')
  await page
    .getByRole('region', { name: 'Sessions' })
    .getByRole('link', { name: /Two and two/ })
    .press('Delete')
  await page.getByRole('button', { name: 'Remove session' }).click()
  await expect(message(page)).toHaveValue('')
  const file = () => readFile(join(machine.home, 'window-memory.json'), 'utf8')
  await expect.poll(file).not.toContain('half a thou')
})

test('what could not be kept is kept by itself as soon as it can be', async ({ machine, backend }) => {
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await message(page).pressSequentially('first')
  await kept(machine, 'first')
  const file = join(machine.home, 'window-memory.json')
  await rm(file)
  await mkdir(file)
  await message(page).pressSequentially(' and second')
  await expect(page.getByRole('alert')).toContainText('what was written and not sent')
  await rmdir(file)
  // Nothing is typed, clicked or left: the window tries it again.
  await expect.poll(() => readFile(file, 'utf8').catch(() => ''), { timeout: 30_000 }).toContain('first and second')
  await expect(page.getByRole('alert')).toBeHidden()
})
