import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { json, type ScriptedBackend, startScriptedBackend, text } from '../test-support/scripted-backend.ts'
import { accessProblems } from './support/access.ts'
import { expect, test } from './support/app.ts'

/** A proxy that knows what its models can do and cost. */
function startProxy(): Promise<ScriptedBackend> {
  const info = {
    max_input_tokens: 131_072,
    max_output_tokens: 16_384,
    input_cost_per_token: 3e-7,
    output_cost_per_token: 1.2e-6,
    cache_read_input_token_cost: 3e-8,
    supports_function_calling: true,
    supports_vision: true,
  }
  return startScriptedBackend({
    models: ['coder-large', 'coder-small'],
    routes: {
      '/health/liveliness': json("I'm alive!"),
      '/v1/model/info': json({ data: [{ model_name: 'coder-large', model_info: info }] }),
    },
  })
}

async function addBackend(page: Page, kind: string, name: string, baseUrl: string): Promise<void> {
  await page.getByRole('link', { name: 'Backends' }).click()
  await page.getByRole('button', { name: 'Add a backend' }).click()
  await page.getByRole('button', { name: 'Another server' }).click()
  await page.getByRole('combobox', { name: 'Kind' }).selectOption(kind)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name)
  await page.getByRole('textbox', { name: 'Base URL' }).fill(baseUrl)
}

async function save(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Save/ }).click()
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible()
}

async function look(app: ElectronApplication, page: Page, name: string): Promise<void> {
  for (const width of [480, 1440]) {
    await app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size, 900), width)
    await page.waitForFunction((wanted) => window.innerWidth === wanted, width)
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
    expect(scrollWidth, 'the page scrolls sideways').toBe(clientWidth)
    await page.screenshot({ path: `test-results/pictures/${name}-${width}.png` })
  }
  expect(await accessProblems(page)).toEqual([])
}

/** What a person picks in the system's dialogs for files. */
async function pickFile(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, picked) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath: picked })
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [picked] })
  }, path)
}

for (const scheme of ['light', 'dark'] as const) {
  test(`advanced fields are kept, refused in place and sent; the server fills in the rest, ${scheme}`, async ({
    machine,
  }) => {
    const proxy = await startProxy()
    proxy.script(text('Hello.'))
    const { app, page } = await machine.launch({ colorScheme: scheme })
    await addBackend(page, 'LiteLLM', 'Team', proxy.baseUrl)
    await page.getByRole('combobox', { name: 'Key' }).selectOption('none')
    await page.getByRole('combobox', { name: 'Model' }).fill('coder-large')
    await page.getByRole('button', { name: 'Advanced' }).click()
    const box = (name: string) => page.getByRole('textbox', { name, exact: true })
    await box('Top p').fill('1.5')
    await box('Seed').fill('7')
    await box('Sampling fields').fill('{"top_k": 20}')
    await box('Stop texts').fill('###')
    await box('Answers at once').fill('2')
    await box('For a whole answer').fill('600')
    const images = page.getByRole('checkbox', { name: 'Sees images' })
    await images.check()
    await page.getByRole('button', { name: 'Save backend' }).click()
    await expect(page.getByText('Write a number above 0 and up to 1', { exact: false })).toBeVisible()
    await expect(box('Top p')).toBeFocused()
    await look(app, page, `profile-fields-${scheme}`)
    await box('Top p').fill('0.9')
    await save(page, 'Team')
    await expect(page.getByText('sees images')).toBeVisible()
    const row = page.getByRole('row', { name: /coder-large/ })
    await expect(row).toContainText(/131,072.*16,384.*text, tools, vision.*\$0\.30 \/ \$1\.20/)
    await look(app, page, `profile-models-${scheme}`)

    await page.getByRole('button', { name: 'Edit' }).click()
    await expect(box('Top p')).toHaveValue('0.9')
    await expect(box('For a whole answer')).toHaveValue('600')
    await expect(images).toBeChecked()
    await page.getByRole('link', { name: 'Chat', exact: true }).click()
    await page.getByRole('textbox', { name: 'Message' }).fill('Hi')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Hello.')
    expect(proxy.chatRequests()[0]?.body).toMatchObject({ top_p: 0.9, seed: 7, top_k: 20, stop: ['###'] })
    await proxy.close()
  })
}

test('backends go into a file without keys and come back from it once that was agreed to', async ({ machine }) => {
  const proxy = await startProxy()
  const { app, page } = await machine.launch()
  await addBackend(page, 'Another server', 'Team', proxy.baseUrl)
  await page.getByRole('button', { name: 'Advanced' }).click()
  await page
    .getByRole('textbox', { name: 'Extra headers' })
    .fill('{"X-Team": "tools", "Authorization": "Bearer sk-secret"}')
  await save(page, 'Team')
  const file = join(machine.home, 'backends.json')
  await pickFile(app, file)
  await page.getByRole('button', { name: 'Export' }).click()
  await expect(page.getByText('1 backend exported, without keys; left out: Authorization of Team')).toBeVisible()
  const written = await readFile(file, 'utf8')
  expect(written).not.toContain('sk-secret')
  expect(written).toContain('X-Team')

  await page.getByRole('button', { name: 'Import' }).click()
  const question = page.getByRole('alertdialog', { name: 'Import 1 backend?' })
  await expect(question).toContainText('Team 2')
  await look(app, page, 'profile-import')
  await question.getByRole('button', { name: 'Leave it' }).click()
  await expect(page.getByRole('link', { name: /^Team 2/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Import' }).click()
  await question.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByText('1 backend imported')).toBeVisible()

  await writeFile(file, written.replace('"custom"', '"customs"'))
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('alert')).toContainText('Nothing was imported. Backend 1 (Team): kind is not right')
  await proxy.close()
})

test('a stand-in is offered where its backend does not answer, and asked only then', async ({ machine, backend }) => {
  backend.script(text('From the stand-in.'))
  const gone = await startScriptedBackend()
  const { page } = await machine.launch()
  await addBackend(page, 'Another server', 'Box', gone.baseUrl)
  await page.getByRole('combobox', { name: 'Model' }).fill('m')
  await save(page, 'Box')
  await addBackend(page, 'Another server', 'Spare', backend.baseUrl)
  await save(page, 'Spare')
  await page.getByRole('link', { name: /^Box/ }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('button', { name: 'Advanced' }).click()
  await page.getByRole('combobox', { name: 'Stand-in' }).selectOption('Spare')
  await save(page, 'Box')
  await gone.close()
  await page.getByRole('link', { name: 'Chat', exact: true }).click()
  await page.getByRole('textbox', { name: 'Message' }).fill('Anybody?')
  await page.getByRole('button', { name: 'Send' }).click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  const offer = transcript.getByRole('button', { name: 'Answer with Spare' })
  await expect(offer).toBeVisible({ timeout: 30_000 })
  expect(backend.chatRequests()).toEqual([])
  await offer.click()
  await expect(transcript).toContainText('From the stand-in.')
  await expect(page.getByRole('combobox', { name: 'Backend profile' })).toContainText('Spare')
})
