import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import { startScriptedBackend, text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { message, transcript } from './support/chat-places.ts'

const permission = (page: Page) => page.getByRole('combobox', { name: /^Permission/ })

async function choose(page: Page, picker: ReturnType<typeof permission>, option: string): Promise<void> {
  await picker.click()
  await page.getByRole('option', { name: option }).click()
}

test('a chat without a sandbox is asked about, says so loudly, and is the only one', async ({ machine, backend }) => {
  backend.script(text('Yes.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await choose(page, permission(page), 'Unsafe, no sandbox')
  const question = page.getByRole('alertdialog', { name: 'No sandbox and no questions for this chat?' })
  await question.getByRole('button', { name: 'Keep the sandbox' }).click()
  await expect(permission(page)).toHaveAccessibleName('Permission: Ask before changes')

  await choose(page, permission(page), 'Unsafe, no sandbox')
  await question.getByRole('button', { name: 'Take the sandbox away' }).click()
  await expect(permission(page)).toHaveAccessibleName('Permission: Unsafe, no sandbox')
  await expect(page.locator('header').getByText('no sandbox', { exact: true })).toBeVisible()
  await message(page).fill('Hello')
  await message(page).press('Enter')
  await expect(transcript(page)).toContainText('Yes.')
  await expect(permission(page)).toHaveAccessibleName('Permission: Unsafe, no sandbox')

  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(permission(page)).toHaveAccessibleName('Permission: Ask before changes')
  await expect(page.locator('header').getByText('no sandbox', { exact: true })).toBeHidden()
  const settings: unknown = JSON.parse(await readFile(join(machine.home, 'settings.json'), 'utf8'))
  expect(settings).toMatchObject({ permissions: defaultSettings.permissions })
})

test('the backend of one chat is no default, for the next chat and for terminals', async ({ machine, backend }) => {
  const other = await startScriptedBackend({ script: [text('The other one.')] })
  const profile = (id: string, baseUrl: string) => ({
    ...{ id, name: id, kind: 'custom', baseUrl, model: 'scripted', key: { source: 'none' } },
  })
  const saved = {
    ...defaultSettings,
    profiles: [profile('usual', backend.baseUrl), profile('other', other.baseUrl)],
    defaultProfileId: 'usual',
  }
  await writeFile(join(machine.home, 'settings.json'), JSON.stringify(saved))
  const { page } = await machine.launch()
  const backends = page.getByRole('combobox', { name: 'Backend profile' })
  await choose(page, backends, 'other')
  await message(page).fill('Hello')
  await message(page).press('Enter')
  await expect(transcript(page)).toContainText('The other one.')
  await expect(backends).toContainText('other')

  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(backends).toContainText('usual')
  const settings: unknown = JSON.parse(await readFile(join(machine.home, 'settings.json'), 'utf8'))
  expect(settings).toMatchObject({ defaultProfileId: 'usual' })
  await other.close()
})

test('a chat says which model it uses, and choosing its profile again takes the one that this has by now', async ({
  machine,
  backend,
}) => {
  backend.script(text('One.'), text('Two.'), text('Three.'))
  const team = { id: 'team', name: 'Team', kind: 'custom', baseUrl: backend.baseUrl, model: 'first' }
  const saved = { ...defaultSettings, profiles: [{ ...team, key: { source: 'none' } }], defaultProfileId: 'team' }
  await writeFile(join(machine.home, 'settings.json'), JSON.stringify(saved))
  const { page } = await machine.launch()
  const backends = page.getByRole('combobox', { name: 'Backend profile' })
  const say = async (words: string, answer: string) => {
    await message(page).fill(words)
    await message(page).press('Enter')
    await expect(transcript(page)).toContainText(answer)
  }
  await say('A', 'One.')
  await page.getByRole('link', { name: 'Backends' }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('combobox', { name: 'Model' }).fill('second')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('button', { name: 'Edit' })).toBeVisible()
  await page.getByRole('link', { name: 'Chat', exact: true }).click()
  await expect(backends).toContainText('first')
  await say('B', 'Two.')
  await choose(page, backends, 'Team')
  await expect(backends).toContainText('second')
  await say('C', 'Three.')
  expect(backend.chatRequests().map(({ body }) => body.model)).toEqual(['first', 'first', 'second'])
})

test('without a folder of its own a new chat asks for one, and later takes the one last used', async ({
  machine,
  backend,
}) => {
  backend.script(text('Done.'))
  const env = { ...environmentFor(backend), CLAW_CWD: '' }
  const first = await machine.launch({ env })
  await expect(first.page.getByRole('button', { name: 'Open a folder…' })).toBeVisible()
  await first.app.evaluate(({ dialog }, folder) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] })
  }, machine.project)
  await first.page.getByRole('button', { name: 'Open a folder…' }).click()
  await expect(first.page.getByRole('button', { name: 'Folder: project' })).toBeVisible()
  await expect(message(first.page)).toBeFocused()
  await message(first.page).fill('Hello')
  await message(first.page).press('Enter')
  await expect(transcript(first.page)).toContainText('Done.')
  await first.app.close()

  const { page } = await machine.launch({ env })
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(page.getByRole('button', { name: 'Folder: project' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Open a folder…' })).toBeHidden()
})
