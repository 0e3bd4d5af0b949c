import type { Page } from '@playwright/test'
import { text, toolCall } from '../../test-support/scripted-backend.ts'
import { expect } from '../support/app.ts'
import { answerBy, answered, newChat, question, send, transcript, visit } from './chat.ts'
import { type Day, narrow } from './day.ts'
import { openAndClose } from './pickers.ts'
import { manyParagraphs, oddFile } from './words.ts'

/** A restart, a long chat, a policy, and all of it again in the dark. */
export async function evening(day: Day): Promise<void> {
  const { backend } = day
  await day.step('after a restart everything is there', async () => {
    await day.restart()
    const sessions = day.page.getByRole('region', { name: 'Sessions' })
    await sessions.getByRole('link', { name: /failing/ }).click()
    await expect(transcript(day.page)).toContainText('Write it and wait')
    await day.holds('a chat after a restart')
    await sessions.getByRole('link', { name: /Begin/ }).click()
    await expect(transcript(day.page)).toContainText('Both are read.')
  })
  const { page } = day
  await day.step('nothing flickers below a long answer', async () => {
    backend.script(text(manyParagraphs), text('Short.'), text('Shorter.'))
    await newChat(page)
    await send(page, 'Every step, please')
    await answered(page, 'Step 120')
    const asked = { 'Again, in short': 'Short.', 'Shorter still': 'Shorter.' }
    for (const [ask, said] of Object.entries(asked)) {
      await send(page, ask)
      await answered(page, said)
      await day.holds(`below a long answer: ${said}`)
      expect.soft(await heights(page), 'the heights of the transcript while nothing happens').toHaveLength(1)
    }
  })
  await day.step('a policy asks for trust, and its panel closes', () => policy(day))
  await day.step('instructions of the folder wait above the message box', () => instructions(day))
  await day.step('dark, on every page and in every size', async () => {
    await visit(page, 'Settings')
    await page.getByRole('radio', { name: 'Dark' }).click()
    await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked()
    for (const name of ['Settings', 'Background', 'Budgets', 'Backends']) {
      await visit(page, name)
      await day.holdsAtEverySize(`${name}, dark`)
      await day.canBeUsedByEveryone(`${name}, dark`)
    }
  })
  await day.step('keys live after the menu and the form of the budgets', async () => {
    await visit(page, 'Budgets')
    const menu = {
      name: 'the menu of what can be exported',
      open: () => page.getByRole('button', { name: 'Export' }).click(),
      list: page.getByRole('menu'),
      choice: page.getByRole('menuitem', { name: /^CSV/ }),
    }
    await day.refuseFiles()
    await openAndClose(day, menu, async () => {})
    await page.getByRole('region', { name: 'Limits' }).getByRole('button', { name: 'Add' }).click()
    await day.holdsAtEverySize('the form of a limit')
    await page.keyboard.press('Control+n')
    await expect(page).toHaveTitle(/^New chat/)
  })
  await day.step('a narrow window asks, and its sidebar opens and closes', async () => {
    await day.resize(narrow)
    backend.script(toolCall('write_file', { path: 'late.js', content: oddFile(60) }), text('Late, but done.'))
    await send(page, 'One more file')
    await expect(question(page, 'late.js')).toBeVisible()
    await day.holds('a question in a narrow window')
    await page.getByRole('button', { name: 'Menu' }).click()
    await expect(page.getByRole('region', { name: 'Sessions' })).toBeVisible()
    await day.holds('the sidebar over a narrow window')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('region', { name: 'Sessions' })).toBeHidden()
    await expect(question(page, 'late.js'), 'Escape was for the sidebar').toBeVisible()
    await day.holdsAtEverySize('a question in the dark')
    await day.canBeUsedByEveryone('a question in the dark')
    await answerBy(question(page, 'late.js'), 'Allow once')
    await answered(page, 'Late, but done.')
    await day.newChatAndBack('at the end')
  })
  await day.step('a session is removed, and another takes its place', async () => {
    await page
      .getByRole('region', { name: 'Sessions' })
      .getByRole('link', { name: /Every step/ })
      .click()
    await page
      .getByRole('region', { name: 'Sessions' })
      .getByRole('link', { name: /Every step/ })
      .press('Delete')
    await page
      .getByRole('alertdialog', { name: /^Remove/ })
      .getByRole('button', { name: 'Remove session' })
      .click()
    await expect(page.getByRole('region', { name: 'Sessions' }).getByRole('link', { name: /Every step/ })).toBeHidden()
  })
}

async function policy(day: Day): Promise<void> {
  const { page, machine } = day
  await machine.write({ '.claw-policy.json': JSON.stringify({ hooks: { beforePrompt: ['Answer in French.'] } }) })
  await newChat(page)
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  const asked = page.getByRole('alertdialog', { name: 'Trust this policy?' })
  await expect(asked).toBeVisible()
  await day.holdsAtEverySize('a policy asks for trust')
  await answerBy(asked, 'Go on without')
  const panel = page.getByRole('dialog', { name: 'Policy' })
  const picker = {
    name: 'the panel of a policy',
    open: () => page.getByRole('button', { name: /^Policy/ }).click(),
    list: panel,
    choice: page.getByRole('button', { name: /^Policy/ }),
  }
  await openAndClose(day, picker, async () => {})
}

async function instructions(day: Day): Promise<void> {
  const { page, machine } = day
  await machine.write({ 'AGENTS.md': 'Answer in French.\n' })
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  const bar = page.getByRole('region', { name: 'Instructions of this folder' })
  await expect(bar).toBeVisible()
  await day.holdsAtEverySize('instructions wait')
  await bar.getByRole('button', { name: 'Trust' }).click()
  await expect(bar).toBeHidden()
}

/** The heights that what scrolls has in the next frames, each once. */
async function heights(page: Page): Promise<number[]> {
  return transcript(page).evaluate(async (region) => {
    const seen = new Set<number>()
    for (let drawn = 0; drawn < 60; drawn++) {
      await new Promise(requestAnimationFrame)
      seen.add(region.scrollHeight)
    }
    return [...seen]
  })
}
