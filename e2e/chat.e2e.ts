import { gate, text, toolCall, toolCalls } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

test('a question is answered, word by word, and the server saw tools and the key', async ({ machine, backend }) => {
  const more = gate()
  backend.script(text('Hello from the other side.', { chunks: 3, gate: more.opened }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Say hello')
  await page.getByRole('button', { name: 'Send' }).click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('Say hello')
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()
  more.open()
  await expect(transcript).toContainText('Hello from the other side.')
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
  const request = backend.chatRequests()[0]
  expect(request?.headers.authorization).toBe('Bearer sk-test-0123456789')
  expect(request?.body).toMatchObject({ model: 'scripted', stream: true, tools: { length: 7 } })
})

test('reads run at once without asking', async ({ machine, backend }) => {
  await machine.write({ 'README.md': '# Read me\n', 'src/a.txt': 'alpha\n' })
  backend.script(
    toolCalls([
      ['read_file', { path: 'README.md' }],
      ['grep_search', { pattern: 'alpha' }],
      ['list_dir', { path: 'src' }],
    ]),
    text('I have looked.'),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Look around')
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('I have looked.')
  const results = backend
    .chatRequests()[1]
    ?.messages.filter(({ role }) => role === 'tool')
    .map(({ content }) => content)
  expect(results).toEqual([
    expect.stringContaining('# Read me'),
    expect.stringContaining('a.txt'),
    expect.stringContaining('a.txt'),
  ])
})

test('a change waits with its diff, happens after Allow once, and a denied one does not', async ({
  machine,
  backend,
}) => {
  await machine.write({ 'sum.js': 'export const sum = (a, b) => a - b\n' })
  backend.script(
    toolCall('edit_file', { path: 'sum.js', old_text: 'a - b', new_text: 'a + b' }),
    toolCall('write_file', { path: 'other.txt', content: 'no\n' }),
    text('One is done, one is not.'),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Fix it')
  await page.getByRole('button', { name: 'Send' }).click()
  const approval = page.getByRole('alertdialog', { name: 'Approval needed' })
  await expect(approval).toContainText('a + b')
  expect(await machine.read('sum.js')).toContain('a - b')
  await approval.getByRole('button', { name: 'Allow once' }).click()
  await expect(approval).toContainText('other.txt')
  expect(await machine.read('sum.js')).toContain('a + b')
  await approval.getByRole('button', { name: 'Deny', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('One is done, one is not.')
  expect(await machine.has('other.txt')).toBe(false)
  const denied = backend.chatRequests()[2]?.messages.at(-1)
  expect(denied).toMatchObject({ role: 'tool', content: expect.stringContaining('denied') })
})

test('Allow for this session asks once', async ({ machine, backend }) => {
  backend.script(
    toolCall('write_file', { path: 'one.txt', content: '1\n' }),
    toolCall('write_file', { path: 'two.txt', content: '2\n' }),
    text('Both are written.'),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Write two files')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('button', { name: 'Allow for this session' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Both are written.')
  expect([await machine.read('one.txt'), await machine.read('two.txt')]).toEqual(['1\n', '2\n'])
})

test('Stop ends the answer, keeps its text and closes the connection', async ({ machine, backend }) => {
  const never = gate()
  backend.script(text('Tick tock and so on', { chunks: 2, gate: never.opened }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Count')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Tick')
  await page.getByRole('button', { name: 'Stop' }).click()
  await backend.chatRequests()[0]?.closed
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Tick')
})

test('a message while it works is read at the next step', async ({ machine, backend }) => {
  const held = gate()
  backend.script(text('First part, then more', { chunks: 2, gate: held.opened }), text('I read your note.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const message = page.getByRole('textbox', { name: 'Message' })
  await message.fill('Begin')
  await message.press('Enter')
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('First')
  await message.fill('Also mind the tests')
  await message.press('Enter')
  await expect(message).toHaveValue('')
  held.open()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('I read your note.')
  expect(backend.chatRequests()[1]?.messages.at(-1)).toMatchObject({ role: 'user', content: 'Also mind the tests' })
})
