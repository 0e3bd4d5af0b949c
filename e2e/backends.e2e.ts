import { gate, httpError, raw, silent, startScriptedBackend, text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

test('with nothing configured, the demo answers on the real folder and says that it is one', async ({ machine }) => {
  await machine.write({ 'README.md': '# Parcel\n' })
  const { page } = await machine.launch({ env: { CLAW_DEMO_SPEED: 'fast' } })
  await expect(page.getByRole('heading', { name: 'Connect a backend' })).toBeVisible()
  await page.getByRole('button', { name: 'Try the demo' }).click()
  await page.getByRole('textbox', { name: 'Message' }).fill('Show me around')
  await page.getByRole('button', { name: 'Send' }).click()
  const approval = page.getByRole('alertdialog', { name: 'Approval needed' })
  await approval.getByRole('button', { name: 'Deny', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('README.md')
  await expect(page.getByText(/demo, no model/i).first()).toBeVisible()
})

test('a backend is added on the Backends page and chosen in the composer', async ({ machine, backend }) => {
  const other = await startScriptedBackend()
  backend.script(text('From the first.'))
  other.script(text('From the second.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('link', { name: 'Backends' }).click()
  await page.getByRole('button', { name: 'Add a backend' }).click()
  await page
    .getByRole('button', { name: 'Another server' })
    .or(page.getByRole('radio', { name: /Another server/ }))
    .first()
    .click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Second')
  await page.getByRole('textbox', { name: 'Base URL' }).fill(other.baseUrl)
  await page.getByRole('combobox', { name: 'Model' }).fill('scripted')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { name: 'Second' })).toBeVisible()

  await page.getByRole('link', { name: 'Chat', exact: true }).click()
  const message = page.getByRole('textbox', { name: 'Message' })
  await message.fill('Who is there?')
  await message.press('Enter')
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('From the first.')
  await page.getByRole('combobox', { name: 'Backend profile' }).click()
  await page.getByRole('option', { name: /Second/ }).click()
  await expect(page.getByRole('combobox', { name: 'Backend profile' })).toContainText('Second')
  await message.fill('And now?')
  await message.press('Enter')
  await expect(transcript).toContainText('From the second.')
  expect(other.chatRequests()[0]?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  await other.close()
})

test('a server that is gone is said with what to do, and the message can be tried again', async ({
  machine,
  backend,
}) => {
  backend.script(text('Back again.'))
  const { port } = new URL(backend.baseUrl)
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
  await backend.close()
  await page.getByRole('textbox', { name: 'Message' }).fill('Anybody?')
  await page.getByRole('button', { name: 'Send' }).click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript.getByRole('button', { name: 'Try again' })).toBeVisible({ timeout: 30_000 })
  await expect(transcript).toContainText('Anybody?')
  const again = await startScriptedBackend({ port: Number(port), script: [text('Back again.')] })
  await transcript.getByRole('button', { name: 'Try again' }).click()
  await expect(transcript).toContainText('Back again.')
  await again.close()
})

test('a slow first byte is waited for, and the wait is shown', async ({ machine, backend }) => {
  const first = gate()
  backend.script(silent(first.opened, text('Finally.')))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Take your time')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByText(/reading the prompt|connecting/i).first()).toBeVisible()
  first.open()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Finally.')
})

for (const [what, reply, words] of [
  ['a refused key', httpError(401, { error: 'Unauthorized' }), /key/i],
  [
    'an unknown model',
    httpError(404, {
      error: { message: 'The model `scripted` does not exist.', type: 'NotFoundError', param: 'model', code: 404 },
    }),
    /model/i,
  ],
  [
    'a page instead of an API',
    raw(['<html>Welcome</html>'], { headers: { 'content-type': 'text/html' } }),
    /base URL/i,
  ],
] as const) {
  test(`${what} is one clear sentence, and nothing typed is lost`, async ({ machine, backend }) => {
    backend.script(reply)
    const { page } = await machine.launch({ env: environmentFor(backend) })
    await page.getByRole('textbox', { name: 'Message' }).fill('Are you there?')
    await page.getByRole('button', { name: 'Send' }).click()
    const transcript = page.getByRole('region', { name: 'Transcript' })
    await expect(transcript).toContainText(words)
    await expect(transcript).toContainText('Are you there?')
    await expect(transcript).not.toContainText('sk-test')
  })
}
