import { expect, type RunningApp, test } from '../support/app.ts'

/** What scripts/live/window.mjs says about the running server. */
const env = Object.fromEntries(
  ['OPENAI_BASE_URL', 'OPENAI_API_KEY', 'OPENAI_MODEL'].flatMap((name) => {
    const value = process.env[name]
    return value ? [[name, value]] : []
  }),
)

test('chat', async ({ machine }) => {
  const { page } = await machine.launch({ env })
  await say(page, 'hello')
  await expect(transcript(page)).toContainText('I am a very small model. I only know my keywords.')
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
})

test('#write, allowed', async ({ machine }) => {
  await machine.write({ 'README.md': '# Sums\n' })
  const { page } = await machine.launch({ env })
  await say(page, '#write')
  const approval = page.getByRole('alertdialog', { name: 'Approval needed' })
  await expect(approval).toContainText('notes.txt')
  expect(await machine.has('notes.txt')).toBe(false)
  await approval.getByRole('button', { name: 'Allow once' }).click()
  await expect(transcript(page)).toContainText('notes.txt is written.')
  expect(await machine.read('notes.txt')).toBe('one "quoted" line\nand a <b>second</b> line\n')
})

test('#markdown', async ({ machine }) => {
  const { page } = await machine.launch({ env })
  await say(page, '#markdown')
  await expect(transcript(page).getByRole('heading', { name: 'Small report' })).toBeVisible()
  await expect(transcript(page).getByRole('cell', { name: '22' })).toBeVisible()
  await expect(transcript(page).getByRole('link', { name: 'a link' })).toBeVisible()
})

test('#forever, Stop, and on in another chat', async ({ machine }) => {
  const { page } = await machine.launch({ env })
  await say(page, '#forever')
  await expect(transcript(page)).toContainText('tick tock tick tock')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
  await page.getByRole('button', { name: 'New chat' }).first().click()
  await expect(transcript(page)).not.toContainText('tick')
  await say(page, 'hello')
  await expect(transcript(page)).toContainText('I am a very small model.')
})

type Page = RunningApp['page']

function transcript(page: Page) {
  return page.getByRole('region', { name: 'Transcript' })
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}
