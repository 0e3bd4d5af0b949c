import { text, toolCall, toolCalls } from '../../test-support/scripted-backend.ts'
import { expect } from '../support/app.ts'
import { answer, answerBy, answered, question, send, transcript } from './chat.ts'
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
        await answer(asked, () => page.keyboard.press('Escape'))
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
      if (lines === 3) await day.newChatAndBack('a question waits')
      if (lines === 60) await readElsewhere(day)
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

/** Who reads further up is told that a question waits, and is led to it. */
async function readElsewhere(day: Day): Promise<void> {
  const { page } = day
  await transcript(page).focus()
  await page.keyboard.press('Home')
  const asked = page.getByRole('button', { name: 'Answer needed' })
  await expect(asked).toBeVisible()
  await day.holds('a question waits below', { elsewhere: true })
  await asked.click()
  await expect(asked).toBeHidden()
  await day.holds('the question that was gone to')
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
  await expect(ask).toPass({ timeout: 15_000 })
  await day.holds('a reason is asked for')
  await page.keyboard.press('Escape')
  await expect(reason).toBeHidden()
  await day.holds('no reason after all')
  await ask()
  await reason.fill('Sixty are too many')
  await page.keyboard.press('Enter')
  await expect(card).toBeHidden()
}

/** Two questions at one place: the second press of a double click is not meant for the second of them. */
async function doubleClick(day: Day): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    if (await pressedTwice(day, `one-${attempt}.txt`, `two-${attempt}.txt`)) return
  }
  throw new Error('No second press came in the moments that count.')
}

/** Milliseconds that a question must have stood there before an answer counts. */
const SETTLED = 400

/** False = this machine was too slow to press in time, which says nothing. */
async function pressedTwice(day: Day, first: string, second: string): Promise<boolean> {
  const { page, backend } = day
  const write = (path: string) => ['write_file', { path, content: 'x\n' }] as const
  backend.script(toolCalls([write(first), write(second)]), text(`${second} was it.`))
  await send(page, `Write ${first} and ${second}`)
  const button = question(page, first).getByRole('button', { name: 'Allow once' })
  await expect(button).toBeVisible()
  // It has stood there for longer than any question is deaf.
  await frames(page, 60)
  const box = await button.boundingBox()
  if (!box) throw new Error('The button has no box.')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const times = await page.evaluateHandle(whenShownAndPressed, second)
  await page.mouse.click(x, y)
  await expect(question(page, second)).toBeVisible()
  await page.mouse.click(x, y)
  const inTime = await times.evaluate(({ shown, pressed }, most) => pressed - shown < most, SETTLED)
  await frames(page, 30)
  const left = await question(page, second).isVisible()
  if (inTime) expect.soft(left, 'the second press leaves the next question alone').toBe(true)
  if (left) {
    await day.holds('the second of two questions')
    await answerBy(question(page, second), 'Deny')
  }
  await answered(page, `${second} was it.`)
  if (inTime) expect.soft([await day.machine.has(first), await day.machine.has(second)]).toEqual([true, false])
  return inTime
}

/** In the page: when the question with these words appeared, and when something was last pressed. */
function whenShownAndPressed(words: string): { shown: number; pressed: number } {
  const times = { shown: 0, pressed: 0 }
  const observer = new MutationObserver(() => {
    const cards = [...document.querySelectorAll('[role="alertdialog"]')]
    if (!cards.some(({ textContent }) => textContent?.includes(words))) return
    times.shown = performance.now()
    observer.disconnect()
  })
  observer.observe(document.body, { subtree: true, childList: true, characterData: true })
  const pressed = () => {
    times.pressed = performance.now()
  }
  window.addEventListener('pointerdown', pressed, true)
  return times
}
