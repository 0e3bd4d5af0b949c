import { expect } from '../support/app.ts'
import { text, toolCall, toolCalls } from '../support/scripted-backend.ts'
import { answer, answerBy, answered, question, send } from './chat.ts'
import type { Day } from './day.ts'
import { frames } from './frames.ts'
import { openAndClose, pickerOf } from './pickers.ts'
import { oddCommand, oddFile } from './words.ts'

/** Pickers, and questions of every length. */
export async function noon(day: Day): Promise<void> {
  const { page, backend } = day
  const permissions = pickerOf(page, /^Permission/, /Ask before changes/)
  await day.step('keys live after the picker of permissions', async () => {
    await openAndClose(day, permissions, (how) => day.newChatAndBack(how))
  })
  await day.step('keys live after the picker of backends', async () => {
    await openAndClose(day, pickerOf(page, 'Backend profile', /Box/), (how) => day.newChatAndBack(how))
  })
  await day.step('keys live after the menu of a session and its question', async () => {
    const session = page.getByRole('region', { name: 'Sessions' }).getByRole('link', { name: /failing/ })
    const menu = {
      name: 'the menu of a session',
      open: () => session.click({ button: 'right' }),
      list: page.getByRole('menu', { name: 'Session' }),
      choice: page.getByRole('menuitem', { name: /^Remove/ }),
    }
    await openAndClose(day, menu, async (how) => {
      if (how.endsWith('a choice')) {
        const asked = page.getByRole('alertdialog', { name: /^Remove/ })
        await expect(asked).toBeVisible()
        await day.holds('the question before a session is removed')
        await page.keyboard.press('Escape')
        await expect(asked).toBeHidden()
      }
      await day.newChatAndBack(how)
    })
  })
  for (const lines of [3, 45, 60, 300]) {
    await day.step(`the buttons of a question about ${lines} lines are in sight`, async () => {
      const path = `lines-${lines}.js`
      backend.script(toolCall('write_file', { path, content: oddFile(lines) }), text(`${lines} lines, then.`))
      await send(page, `Write ${lines} lines`)
      const card = question(page, path)
      await expect(card).toBeVisible()
      await day.holdsAtEverySize(`a question about ${lines} lines`)
      if (lines === 45) await answer(card, () => page.keyboard.press('Control+Enter'))
      else if (lines === 60) await denyWithReason(day, path)
      else await answerBy(card, lines === 3 ? 'Allow once' : 'Deny')
      await answered(page, `${lines} lines, then.`)
      expect.soft(await day.machine.has(path), path).toBe(lines < 60)
    })
  }
  await day.step('the buttons of a question about a long command are in sight', async () => {
    backend.script(toolCall('bash', { command: oddCommand }), text('Not run, then.'))
    await send(page, 'Run it')
    const card = question(page, 'echo step 1')
    await expect(card).toBeVisible()
    await day.holdsAtEverySize('a question about a command')
    await day.canBeUsedByEveryone('a question')
    await answerBy(card, 'Deny')
    await answered(page, 'Not run, then.')
  })
  await day.step('a double click answers one question', () => doubleClick(day))
  await day.step('Escape stops a question that waits, also after a picker', async () => {
    backend.script(toolCall('write_file', { path: 'stopped.txt', content: 'x\n' }))
    await send(page, 'Write it and wait')
    const card = question(page, 'stopped.txt')
    await expect(card).toBeVisible()
    await permissions.open()
    await expect(permissions.list).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(permissions.list).toBeHidden()
    await expect(card, 'the first Escape is for the list').toBeVisible()
    await page.keyboard.press('Escape')
    await expect(card, 'the second Escape stops the turn').toBeHidden()
  })
}

/** The way back out of a reason, then a reason. */
async function denyWithReason(day: Day, path: string): Promise<void> {
  const { page } = day
  const card = question(page, path)
  const reason = card.getByRole('textbox', { name: /^Reason/ })
  const ask = async () => {
    await card.getByRole('button', { name: /^Deny with a reason/ }).click({ timeout: 2000 })
    await expect(reason).toBeFocused({ timeout: 500 })
  }
  await expect(ask).toPass()
  await day.holds('a reason is asked for')
  await page.keyboard.press('Escape')
  await expect(reason).toBeHidden()
  await day.holds('no reason after all')
  await ask()
  await reason.fill('Sixty are too many')
  await page.keyboard.press('Enter')
  await expect(card).toBeHidden()
}

/** The second press comes as soon as the next question stands where the first one was. */
async function doubleClick(day: Day): Promise<void> {
  const { page, backend } = day
  backend.script(
    toolCalls([
      ['write_file', { path: 'one.txt', content: '1\n' }],
      ['write_file', { path: 'two.txt', content: '2\n' }],
    ]),
    text('That was it.'),
  )
  await send(page, 'Write two files')
  const button = question(page, 'one.txt').getByRole('button', { name: 'Allow once' })
  await expect(button).toBeVisible()
  // It has stood there for longer than any question is deaf.
  await frames(page, 60)
  const box = await button.boundingBox()
  if (!box) throw new Error('The button has no box.')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.click(x, y)
  await expect(question(page, 'two.txt')).toBeVisible()
  await page.mouse.click(x, y)
  await frames(page, 30)
  const second = question(page, 'two.txt')
  expect.soft(await second.isVisible(), 'the second press leaves the next question alone').toBe(true)
  if (await second.isVisible()) {
    await day.holds('the second of two questions')
    await answerBy(second, 'Deny')
  }
  await answered(page, 'That was it.')
  expect.soft([await day.machine.has('one.txt'), await day.machine.has('two.txt')]).toEqual([true, false])
}
