import type { Page } from '@playwright/test'
import { gate, text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { message, transcript } from './support/chat-places.ts'

const unread = (page: Page) => page.getByRole('region', { name: 'Not read yet' })

async function say(page: Page, words: string): Promise<void> {
  await message(page).fill(words)
  await message(page).press('Enter')
}

test('what is not read yet lies on nothing, is changed and taken back, and stays after Stop', async ({
  machine,
  backend,
}) => {
  const never = gate()
  backend.script(text('One two', { chunks: 2, gate: never.opened }), text('All right.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await say(page, 'Count')
  await expect(transcript(page)).toContainText('One')
  await say(page, 'First line')
  await say(page, 'Second lime')
  await say(page, 'Not this')
  await expect(unread(page)).toContainText('read at the next step')

  // Each box has air above it, and no words of one lie over those of another.
  const boxes = await transcript(page)
    .locator('.you')
    .evaluateAll((all) => all.map((box) => box.getBoundingClientRect()).map(({ top, bottom }) => ({ top, bottom })))
  for (const [index, box] of boxes.entries()) expect(box.top - (boxes[index - 1]?.bottom ?? 0)).toBeGreaterThan(8)
  const above = await transcript(page).getByText('One').boundingBox()
  const note = await unread(page).getByText('read at the next step').first().boundingBox()
  expect((note?.y ?? 0) - ((above?.y ?? 0) + (above?.height ?? 0))).toBeGreaterThan(8)

  await unread(page).getByRole('button', { name: 'Take this message back' }).nth(2).click()
  await expect(unread(page)).not.toContainText('Not this')
  // It is not lost: who was writing nothing else has it before them.
  await expect(message(page)).toHaveValue('Not this')
  await message(page).fill('')
  await unread(page).getByRole('button', { name: 'Change this message' }).nth(1).click()
  await expect(message(page)).toBeFocused()
  await expect(message(page)).toHaveValue('Second lime')
  await say(page, 'Second line')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(unread(page)).toContainText('not sent yet')
  await expect(transcript(page)).not.toContainText('added')
  await page.reload()
  await unread(page).getByRole('button', { name: 'Send them now' }).click()
  await expect(transcript(page)).toContainText('All right.')
  await expect(unread(page)).toBeHidden()
  expect(backend.chatRequests()[1]?.messages.at(-1)?.content).toContain('First line\n\nSecond line')
})

test('a message that waits is changed in its place, and one that is taken back does not go out with another one', async ({
  machine,
  backend,
}) => {
  const asked = gate()
  backend.script(
    toolCall('write_file', { path: 'new.txt', content: 'x\n' }, { text: 'Here it comes.', gate: asked.opened }),
    text('As you say.'),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await say(page, 'Make a file')
  await expect(transcript(page)).toContainText('Here it comes.')
  for (const words of ['One', 'Tow', 'Three', 'Four']) await say(page, words)
  asked.open()
  const approval = page.getByRole('alertdialog', { name: 'Approval needed' })
  await expect(approval).toContainText('new.txt')
  const texts = async () => (await unread(page).locator('.waits').allInnerTexts()).map((all) => all.split('\n').at(-1))
  const act = (name: string, place: number) => unread(page).getByRole('button', { name }).nth(place)
  await act('Change this message', 1).click()
  await expect(message(page)).toHaveValue('Tow')
  await message(page).fill('Two')
  await message(page).press('Enter')
  // It was a message before, so it is none of the question's answers.
  await expect.poll(texts).toEqual(['One', 'Two', 'Three', 'Four'])
  await expect(approval).toBeVisible()

  await message(page).fill('Something else')
  await act('Take this message back', 0).click()
  await expect.poll(texts).toEqual(['Two', 'Three', 'Four'])
  await expect(message(page)).toHaveValue('Something else')
  await expect(unread(page)).toContainText('Taken back:“One”')
  await act('Put it into the message', 0).click()
  await expect(message(page)).toHaveValue('One\n\nSomething else')
  await expect(unread(page)).not.toContainText('Taken back:')
  await act('Take this message back', 0).click()
  await expect.poll(texts).toEqual(['Three', 'Four'])
  await act('Take this message back', 0).click()
  await expect(unread(page)).toContainText(/Taken back:“Two\s+Three”/)
  await act('Let it go', 0).click()
  await expect(unread(page)).not.toContainText('Taken back:')
  await expect(message(page)).toBeFocused()
  await approval.getByRole('button', { name: 'Allow once' }).click()
  await expect(transcript(page)).toContainText('As you say.')
  expect(await machine.read('new.txt')).toBe('x\n')
  expect(backend.chatRequests()[1]?.messages.at(-1)?.content).toContain('Four')
})

test('words that are written while a question waits are its answer, and a second Ctrl+Enter is none', async ({
  machine,
  backend,
}) => {
  backend.script(
    toolCall('write_file', { path: 'new.txt', content: 'x\n' }),
    toolCall('write_file', { path: 'old.txt', content: 'x\n' }),
    text('As you say.'),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await say(page, 'Make a file')
  const approval = page.getByRole('alertdialog', { name: 'Approval needed' })
  await expect(approval).toContainText('new.txt')
  await message(page).pressSequentially('Call it old.txt', { delay: 40 })
  await message(page).press('Control+Enter')
  await message(page).press('Control+Enter')
  await expect(approval).toContainText('old.txt')
  await expect(transcript(page).getByText('Call it old.txt')).toBeVisible()
  const row = await transcript(page)
    .getByRole('button', { name: /Write.*new\.txt/ })
    .boundingBox()
  const note = await transcript(page).getByText('instead').boundingBox()
  expect((note?.y ?? 0) - ((row?.y ?? 0) + (row?.height ?? 0))).toBeGreaterThan(0)
  await expect(approval).toBeVisible()
  expect(await machine.has('old.txt')).toBe(false)
  await approval.getByRole('button', { name: 'Allow once' }).click()
  await expect(transcript(page)).toContainText('As you say.')
  expect([await machine.has('new.txt'), await machine.has('old.txt')]).toEqual([false, true])
  expect(backend.chatRequests()[1]?.messages.at(-1)?.content).toContain('The user says: Call it old.txt')
})

test('a question is carried to the background and back, and survives a SIGKILL of the app', async ({
  machine,
  backend,
}) => {
  backend.script(toolCall('write_file', { path: 'new.txt', content: 'made\n' }), text('It is there.'))
  const first = await machine.launch({ env: environmentFor(backend) })
  await say(first.page, 'Make a file')
  const approval = (page: Page) => page.getByRole('alertdialog', { name: 'Approval needed' })
  await expect(approval(first.page)).toContainText('new.txt')
  await first.page.getByRole('button', { name: 'Move to the background' }).click()
  const run = first.page.getByRole('region', { name: 'Make a file', exact: true })
  await expect(approval(first.page)).toContainText('new.txt')
  await run.getByRole('button', { name: 'Open as chat' }).click()
  await first.page.getByRole('button', { name: 'Take back' }).click()
  await expect(first.page.getByRole('button', { name: 'Move to the background' })).toBeVisible()
  await expect(approval(first.page)).toContainText('new.txt')
  await machine.kill(first)

  const { page } = await machine.launch({ env: environmentFor(backend) })
  await expect(approval(page)).toContainText('new.txt')
  await expect(page.getByRole('region', { name: 'Sessions' })).toContainText('needs you: create new.txt')
  await approval(page).getByRole('button', { name: 'Allow once' }).click()
  await expect(transcript(page)).toContainText('It is there.')
  expect(await machine.read('new.txt')).toBe('made\n')
  expect(backend.chatRequests()).toHaveLength(2)
})

test('trying again and going on say nothing in the voice of the person, and the notice goes', async ({
  machine,
  backend,
}) => {
  const never = gate()
  backend.script(text('Half of', { chunks: 2, gate: never.opened }), text('it, and the rest.'))
  const first = await machine.launch({ env: environmentFor(backend) })
  await say(first.page, 'Tell me')
  await expect(transcript(first.page)).toContainText('Half')
  await machine.kill(first)
  const { page } = await machine.launch({ env: environmentFor(backend) })
  // It opens by itself if the kill came late enough for the place to be kept.
  await page.getByRole('region', { name: 'Sessions' }).getByText('Tell me').click()
  await expect(transcript(page)).toContainText('This was interrupted.')
  await transcript(page).getByRole('button', { name: 'Go on' }).click()
  await expect(transcript(page)).toContainText('it, and the rest.')
  await expect(transcript(page)).not.toContainText('This was interrupted.')
  await expect(transcript(page).locator('.you')).toHaveCount(1)
})

test('a picture that is pasted is answered in one sentence, and a file that is dropped becomes its path', async ({
  machine,
  backend,
}) => {
  await machine.write({ 'src/sum.js': 'x\n' })
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await message(page).evaluate((box) => {
    const data = new DataTransfer()
    data.items.add(new File(['x'], 'shot.png', { type: 'image/png' }))
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  await expect(page.getByRole('alert')).toContainText('Images and files cannot be put into a message.')
  await page.getByRole('alert').getByRole('button', { name: 'Close' }).click()
  await message(page).fill('Look at ')
  const chosen = await page.evaluateHandle(() => {
    const input = document.createElement('input')
    input.type = 'file'
    document.body.append(input)
    return input
  })
  await chosen.setInputFiles(`${machine.project}/src/sum.js`)
  await chosen.evaluate((input) => {
    const data = new DataTransfer()
    const [file] = input.files ?? []
    if (file) data.items.add(file)
    input.remove()
    const box = document.querySelector('[aria-label="Message"]')
    box?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  })
  await expect(message(page)).toHaveValue(/Look at .*src\/sum\.js$/)
})
