import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text, toolCall, toolCalls } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

// Read as it is drawn, this would be: rm -rf notes.txt
const command = 'echo \u202etxt.seton\u202c \u2066x\u2069 \u200b\x1b[31m'
const marks = /[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/

test('what a model hides is visible wherever it is shown, and is kept as it came', async ({ machine, backend }) => {
  await machine.write({ 'a\u202eb.txt': 'one\n' })
  backend.script(
    toolCalls([
      ['bash', { command }],
      ['write_file', { path: 'c\u2066d.txt', content: 'two \u202e three\n' }],
    ]),
    text('It is \u202edone\u202c, می\u200cخواهم, 👩\u200d💻.', { chunks: 30 }),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const question = page.getByRole('alertdialog', { name: 'Approval needed' })
  await page.getByRole('textbox', { name: 'Message' }).fill('Go')
  await page.keyboard.press('Enter')

  const seen = async () =>
    await page.evaluate(() => [document.title, document.body.textContent, document.body.innerHTML].join('\n'))
  await expect(question).toContainText('echo <U+202E>txt.seton<U+202C> <U+2066>x<U+2069> <U+200B>␛[31m')
  expect(await seen()).not.toMatch(marks)
  // The row of the session says what it waits for.
  await expect(page.getByRole('region', { name: 'Sessions' })).toContainText('<U+202E>txt')
  await question.getByRole('button', { name: 'Allow once' }).click()
  await expect(question).toContainText('two <U+202E> three')
  await expect(question).toContainText('c<U+2066>d.txt')
  expect(await seen()).not.toMatch(marks)
  await question.getByRole('button', { name: 'Deny', exact: true }).click()

  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('It is <U+202E>done<U+202C>, می\u200cخواهم, 👩\u200d💻.')
  // Opened again, it comes whole instead of in pieces.
  await page.getByRole('button', { name: 'New chat' }).click()
  await page.getByRole('region', { name: 'Sessions' }).getByRole('link', { name: /Go/ }).click()
  await expect(transcript).toContainText('It is <U+202E>done<U+202C>, می\u200cخواهم, 👩\u200d💻.')

  const asked = backend.chatRequests()[1]?.messages.find(({ role }) => role === 'assistant')
  expect(JSON.parse(asked?.tool_calls?.[0]?.function.arguments ?? '{}')).toEqual({ command })
  const folder = join(machine.home, 'sessions')
  const [journal = ''] = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jsonl'))
  expect(await readFile(join(folder, journal), 'utf8')).toContain('\u202etxt.seton\u202c')
})

test('a model that sends one character at a time hides nothing', async ({ machine, backend }) => {
  const hidden = 'a\u200d\u200d\u200db\u202ec'
  backend.script(text(hidden, { chunks: hidden.length }), toolCall('list_dir', { path: '.' }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Go')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('a<U+200D><U+200D><U+200D>b<U+202E>c')
})
