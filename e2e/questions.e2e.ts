import type { ElectronApplication, Page } from '@playwright/test'
import { text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

async function send(page: Page, message: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(message)
  await page.keyboard.press('Enter')
}

async function resize(app: ElectronApplication, page: Page, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  )
  await page.waitForFunction((wanted) => innerWidth === wanted.width && innerHeight === wanted.height, {
    width,
    height,
  })
}

/** Whatever was scrolled or drawn is told to everybody. */
const painted = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

const questionOf = (page: Page) => page.getByRole('alertdialog', { name: 'Approval needed' })
const transcriptOf = (page: Page) => page.getByRole('region', { name: 'Transcript' })
const lines = (count: number) => Array.from({ length: count }, (_, line) => `line ${line + 1} of it\n`).join('')

/** In pixels, of a diff or a command. */
const threeLines = 57

const long = [
  ['a change', toolCall('write_file', { path: 'long.txt', content: lines(200) }), 'Change in long.txt'],
  ['a command', toolCall('bash', { command: `cat <<'end'\n${lines(200)}end` }), 'Command'],
] as const

for (const [what, call, name] of long) {
  test(`the buttons of a question about ${what} are in sight, whatever its length and the window`, async ({
    machine,
    backend,
  }) => {
    backend.script(call, text('Done.'))
    const { app, page } = await machine.launch({ env: environmentFor(backend) })
    const question = questionOf(page)
    await send(page, 'Go')
    for (const [width, height] of [
      [1440, 900],
      [760, 600],
      [520, 480],
      [1000, 400],
    ] as const) {
      await resize(app, page, width, height)
      for (const button of ['Allow once', 'Allow for this session', 'Deny']) {
        await expect(question.getByRole('button', { name: button, exact: true })).toBeInViewport({ ratio: 1 })
      }
      await expect(page.getByRole('button', { name: 'Answer needed' })).toBeHidden()
      // All of it can be read where it stands.
      const asked = question.getByLabel(name, { exact: true })
      await asked.getByText('line 200 of it').scrollIntoViewIfNeeded()
      await expect(asked.getByText('line 200 of it')).toBeInViewport()
      await expect(question.getByRole('button', { name: 'Allow once' })).toBeInViewport({ ratio: 1 })
      // Nothing out of sight makes the transcript longer than what it shows.
      const height_ = await question.evaluate((card) => card.getBoundingClientRect().height)
      const all = await transcriptOf(page).evaluate((scroller) => scroller.scrollHeight)
      expect(all).toBeLessThan(height_ + 260)
    }
  })
}

const short = [
  ['a change', toolCall('write_file', { path: 'short.txt', content: lines(4) }), 'Change in short.txt'],
  ['a command', toolCall('bash', { command: 'node --test' }), 'Command'],
] as const

for (const [what, call, name] of short) {
  test(`a few lines of ${what} are never squeezed between the head of a question and its facts`, async ({
    machine,
    backend,
  }) => {
    backend.script(call, text('Done.'))
    const { app, page } = await machine.launch({ env: environmentFor(backend) })
    await send(page, 'Go')
    const asked = questionOf(page).getByLabel(name, { exact: true })
    await expect(asked).toBeVisible()
    for (const [width, height] of [
      [1440, 480],
      [760, 480],
      [520, 480],
      [520, 560],
      [520, 620],
      [520, 640],
      [760, 660],
    ] as const) {
      await resize(app, page, width, height)
      await painted(page)
      const { seen, all } = await asked.evaluate((part) => ({ seen: part.clientHeight, all: part.scrollHeight }))
      expect(seen, `${width} × ${height}`).toBeGreaterThanOrEqual(Math.min(all, threeLines))
    }
  })
}

test('who reads elsewhere is told that an answer is needed, and is brought to it', async ({ machine, backend }) => {
  backend.script(
    text(lines(120).replaceAll('\n', '\n\n')),
    toolCall('write_file', { path: 'long.txt', content: lines(80) }),
    text('Done.'),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await send(page, 'Say much')
  await expect(transcriptOf(page)).toContainText('line 120')
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
  await send(page, 'Write')
  await expect(questionOf(page)).toBeVisible()
  const jump = page.getByRole('button', { name: 'Answer needed' })
  await expect(jump).toBeHidden()
  await transcriptOf(page).focus()
  await page.keyboard.press('Home')
  await expect(jump).toBeVisible()
  // With the question out of sight, its key brings it into sight and answers nothing.
  await page.keyboard.press('Control+Enter')
  await expect(questionOf(page)).toBeInViewport()
  await expect(jump).toBeHidden()
  expect(await machine.has('long.txt')).toBe(false)
  await painted(page)
  await page.keyboard.press('Home')
  await jump.click()
  await expect(questionOf(page).getByRole('button', { name: 'Allow once' })).toBeInViewport({ ratio: 1 })
  await expect(jump).toBeHidden()
})

/** Two questions, one after the other at the same place. */
function askTwice() {
  return [
    toolCall('write_file', { path: 'one.txt', content: '1\n' }),
    toolCall('write_file', { path: 'two.txt', content: '2\n' }),
    text('Done.'),
  ]
}

/** In the page, at the moment when a question with these words appears: whatever a hand that is already moving does. */
async function answerAtOnce(page: Page, words: string, key: 'Escape' | 'Control+Enter'): Promise<() => Promise<void>> {
  await page.evaluate(
    ([wanted, escapes]) => {
      const press = (key: string, more: KeyboardEventInit = {}) =>
        document.activeElement?.dispatchEvent(
          new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
        )
      const observer = new MutationObserver(() => {
        const question = document.querySelector('[role="alertdialog"]')
        if (!question?.textContent?.includes(wanted)) return
        observer.disconnect()
        document.documentElement.dataset.asked = 'yes'
        for (const button of question.querySelectorAll('button')) if (!button.textContent?.includes('…')) button.click()
        if (escapes) press('Escape')
        else press('Enter', { ctrlKey: true })
      })
      observer.observe(document, { subtree: true, childList: true })
    },
    [words, key === 'Escape'] as const,
  )
  return () => page.waitForFunction(() => document.documentElement.dataset.asked === 'yes').then(() => undefined)
}

test('what is clicked and pressed as a question appears does not answer it', async ({ machine, backend }) => {
  backend.script(...askTwice())
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const allow = questionOf(page).getByRole('button', { name: 'Allow once' })
  const asked = await answerAtOnce(page, 'two.txt', 'Control+Enter')
  await send(page, 'Write two files')
  await allow.click()
  await asked()
  // It takes answers from now on, and has none yet.
  await allow.click({ trial: true })
  await expect(questionOf(page)).toContainText('two.txt')
  expect(await machine.has('two.txt')).toBe(false)
  await allow.click()
  await expect(transcriptOf(page)).toContainText('Done.')
  expect(await machine.has('two.txt')).toBe(true)
})

test('the second click of a double click does not answer the next question, however late', async ({
  machine,
  backend,
}) => {
  backend.script(...askTwice())
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await send(page, 'Write two files')
  const question = questionOf(page)
  const allow = question.getByRole('button', { name: 'Allow once' })
  await allow.click({ trial: true })
  const box = await allow.boundingBox()
  if (!box) throw new Error('It has no place.')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.up()
  await expect(question).toContainText('two.txt')
  await allow.click({ trial: true })
  await page.mouse.down({ clickCount: 2 })
  await page.mouse.up({ clickCount: 2 })
  await painted(page)
  await expect(question).toContainText('two.txt')
  expect(await machine.has('two.txt')).toBe(false)
})

test('a key that is held down answers one question', async ({ machine, backend }) => {
  backend.script(...askTwice())
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await send(page, 'Write two files')
  const question = questionOf(page)
  const allow = question.getByRole('button', { name: 'Allow once' })
  await allow.click({ trial: true })
  await allow.focus()
  await page.keyboard.down('Enter')
  await expect(question).toContainText('two.txt')
  await allow.click({ trial: true })
  await allow.focus()
  // Playwright repeats what is down.
  await page.keyboard.down('Enter')
  await page.keyboard.up('Enter')
  await expect(question).toContainText('two.txt')
  expect(await machine.has('two.txt')).toBe(false)
})

test('what is clicked and pressed as the question for trust appears does not answer it', async ({
  machine,
  backend,
}) => {
  await machine.write({ 'sum.js': 'x' })
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await expect(page.getByRole('heading', { level: 1, name: 'New chat' })).toBeVisible()
  const asked = await answerAtOnce(page, 'Trust this policy?', 'Escape')
  await machine.write({ '.claw-policy.json': JSON.stringify({ hooks: { beforePrompt: ['Be brief.'] } }) })
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await asked()
  const question = page.getByRole('alertdialog', { name: 'Trust this policy?' })
  await question.getByRole('button', { name: 'Trust it' }).click({ trial: true })
  await expect(question).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(question).toBeHidden()
})
