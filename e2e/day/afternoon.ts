import { gate, silent, text, toolCall } from '../../test-support/scripted-backend.ts'
import { expect } from '../support/app.ts'
import { answerBy, answered, newChat, question, send, transcript, visit } from './chat.ts'
import type { Day } from './day.ts'
import { longAnswer, oddFile } from './words.ts'

/** Messages that wait, answers that are stopped, and work in the background. */
export async function afternoon(day: Day): Promise<void> {
  const { page, backend } = day
  await day.step('messages that wait lie over nothing', async () => {
    const [first, second] = [gate(), gate()]
    backend.script(
      toolCall('write_file', { path: 'queue.txt', content: 'a\nb\nc\n' }),
      silent(first.opened, text('I go on, slowly but surely', { chunks: 2, gate: second.opened })),
      text('Both are read.'),
      text('Both are read.'),
    )
    const asked = backend.chatRequests().length
    await newChat(page)
    await send(page, 'Begin')
    await answerBy(question(page, 'queue.txt'), 'Deny')
    await backend.chatRequest(asked + 1)
    await send(page, 'Mind the tests')
    await send(page, 'And the documentation, of which there is more than one would think at first')
    await expect(transcript(page)).toContainText('And the documentation')
    await day.holdsAtEverySize('two messages wait below a call')
    first.open()
    await expect(transcript(page)).toContainText('I go on')
    await day.holdsAtEverySize('two messages wait below an answer')
    second.open()
    await answered(page, 'Both are read.')
  })
  await day.step('an answer is stopped by its button and by Escape', async () => {
    const stop = page.getByRole('button', { name: 'Stop' })
    const ways = { button: () => stop.click(), Escape: () => page.keyboard.press('Escape') }
    for (const [how, act] of Object.entries(ways)) {
      backend.script(text(`Up to the ${how} it goes on and on and on`, { chunks: 2, gate: gate().opened }))
      await send(page, `Count to the ${how}`)
      await expect(transcript(page)).toContainText(`Up to the ${how}`)
      await day.holds(`an answer comes, up to the ${how}`)
      await act()
      await expect(stop).toBeHidden()
    }
    await day.newChatAndBack('after a stop')
  })
  await day.step('a chat moves to the background and back with its question open', () => toBackground(day))
  await day.step('a background run is answered on its page', async () => {
    const file = toolCall('write_file', { path: 'run.txt', content: oddFile(60) })
    backend.script(file, text(`${longAnswer}\n\nThe run is done.`))
    await visit(page, 'Background')
    await page.getByRole('button', { name: 'New task', exact: true }).click()
    await day.holdsAtEverySize('the form of a task')
    await day.canBeUsedByEveryone('the form of a task')
    await page.getByRole('textbox', { name: 'Task' }).fill('Write sixty lines')
    await page.getByRole('button', { name: 'Start task' }).click()
    const run = page.getByRole('region', { name: 'Write sixty lines', exact: true })
    const card = question(page, 'run.txt')
    await expect(card).toBeVisible()
    await day.holdsAtEverySize('a run asks')
    await answerBy(card, 'Allow once')
    await expect(run).toContainText('The run is done.')
    await day.holdsAtEverySize('a run has ended')
    await run.getByRole('button', { name: 'Logs' }).click()
    await day.holds('the log of a run')
    await run.getByRole('button', { name: 'Logs' }).click()
  })
}

async function toBackground(day: Day): Promise<void> {
  const { page, backend } = day
  const done = () => text('The note is done.')
  backend.script(toolCall('write_file', { path: 'note.txt', content: oddFile(20) }), done, done, done)
  await newChat(page)
  await send(page, 'Write a note')
  await expect(question(page, 'note.txt')).toBeVisible()
  const asked = backend.chatRequests().length
  await page.getByRole('button', { name: 'Move to the background' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Background' })).toBeVisible()
  const run = page.getByRole('region', { name: 'Write a note', exact: true })
  await expect.soft(run.getByRole('alertdialog', { name: 'Approval needed' }), 'the question goes along').toBeVisible()
  await day.holdsAtEverySize('the question of a run')
  await run.getByRole('button', { name: 'Open as chat' }).click()
  await page.getByRole('button', { name: 'Take back' }).click({ timeout: 10_000 })
  await expect(page.getByRole('button', { name: 'Move to the background' })).toBeVisible()
  const card = question(page, 'note.txt')
  await expect.soft(card, 'the question comes back').toBeVisible()
  await day.holds('the question is back in its chat')
  await answerBy(card, 'Allow once')
  await answered(page, 'The note is done.')
  expect.soft([await day.machine.has('note.txt'), backend.chatRequests().length - asked]).toEqual([true, 1])
}
