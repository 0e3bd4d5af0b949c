import { text, toolCall } from '../test-support/scripted-backend.ts'
import { accessProblems } from './support/access.ts'
import { environmentFor, expect, test } from './support/app.ts'

const COMMAND = 'grep -q right answer.txt || { echo "the answer is wrong"; exit 3; }'
const write = (content: string, id: string) => toolCall('write_file', { path: 'answer.txt', content }, { id })

test('the work of a chat is verified with the commands that stand beside the message box', async ({
  machine,
  backend,
}) => {
  backend.script(write('wrong\n', 'a'), text('Done.'), write('right\n', 'b'), text('Now it is done.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('button', { name: 'Verify: not verified' }).click()
  const commands = page.getByRole('textbox', { name: 'Commands, one a line' })
  await commands.fill('npm te')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Verify: not verified' }).click()
  await expect(commands).toHaveValue('npm te')
  await commands.fill(COMMAND)
  expect(await accessProblems(page)).toEqual([])
  await commands.press('Control+Enter')
  await expect(page.getByRole('button', { name: `Verify: ${COMMAND}` })).toBeVisible()

  await page.getByRole('combobox', { name: /^Permission/ }).click()
  await page.getByRole('option', { name: /Write, ask for shell/ }).click()
  await page.getByRole('textbox', { name: 'Message' }).fill('Answer it')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  const question = page.getByRole('alertdialog', { name: 'Approval needed' })
  await expect(question).toContainText(COMMAND)
  await question.getByRole('button', { name: /for the session|for this session/i }).click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('Now it is done.')
  await expect(transcript.getByText('Verify', { exact: true })).toHaveCount(2)
  await expect(page.getByRole('button', { name: `Verify: ${COMMAND}` })).toBeVisible()

  // The next new chat begins without them.
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(page.getByRole('button', { name: 'Verify: not verified' })).toBeVisible()
})

test('a task says how it was verified', async ({ machine, backend }) => {
  backend.script(write('right\n', 'a'), text('Done.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('link', { name: 'Background' }).click()
  await page.getByRole('button', { name: 'New task', exact: true }).click()
  await page.getByRole('textbox', { name: 'Task' }).fill('Answer it')
  await page.getByRole('textbox', { name: 'Verify with' }).fill(COMMAND)
  await page.getByRole('combobox', { name: 'It may' }).selectOption('Write and run')
  await page.getByRole('button', { name: 'Start task' }).click()
  const run = page.getByRole('region', { name: 'Answer it', exact: true })
  await expect(run).toContainText('passed')
  await expect(run).toContainText(COMMAND)

  // What it was given holds for a word behind it too.
  backend.script(write('right, again\n', 'b'), text('Done again.'))
  await run.getByRole('textbox', { name: 'Message' }).fill('Once more')
  await page.keyboard.press('Enter')
  await expect(run).toContainText('Done again.')
  await expect(run.getByRole('button', { name: /^Verify grep/ })).toBeVisible()
  await expect(run).toContainText('passed')
})
