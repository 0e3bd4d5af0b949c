import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { gate, httpError, startScriptedBackend, text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { claw } from './support/terminal.ts'

test('a server that starts while the first page is open is found by itself', async ({ machine }) => {
  const taken = await startScriptedBackend()
  const port = Number(new URL(taken.baseUrl).port)
  await taken.close()
  const { page } = await machine.launch({ env: { CLAW_LOCAL_PORTS: String(port) } })
  await expect(page.getByText('asked again every 5 s')).toBeVisible()
  const started = await startScriptedBackend({ port })
  await expect(page.getByRole('button', { name: /^Use / })).toBeEnabled({ timeout: 20_000 })
  await started.close()
})

test('a window that gets narrower moves the focus only where it goes with the sidebar', async ({ machine }) => {
  const { app, page } = await machine.launch()
  await expect(page.getByRole('heading', { name: 'Connect a backend' })).toBeVisible()
  const widths = async (...all: number[]) => {
    for (const width of all) {
      await app.evaluate(
        ({ BrowserWindow }, wide) => BrowserWindow.getAllWindows()[0]?.setContentSize(wide, 900),
        width,
      )
      await page.waitForFunction((wide) => innerWidth === wide, width)
    }
  }
  const menu = page.getByRole('button', { name: 'Menu' })
  await widths(760, 520)
  await expect(menu).toBeVisible()
  await expect(menu).not.toBeFocused()
  await expect(page.getByRole('tooltip')).toHaveCount(0)
  await widths(1440)
  await page.getByRole('link', { name: 'Budgets' }).focus()
  await widths(760)
  await expect(page.getByRole('button', { name: 'Show sidebar' })).toBeFocused()
  await widths(520)
  await expect(menu).toBeFocused()
})

test('in a narrow window the button of the menu is on the line of every title, and nothing scrolls through it', async ({
  machine,
  backend,
}) => {
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused()
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(520, 480))
  await page.waitForFunction(() => innerWidth === 520)
  const menu = page.getByRole('button', { name: 'Menu' })
  const middle = (part: Locator) =>
    part.evaluate((element) => {
      const { top, height } = element.getBoundingClientRect()
      return Math.round(top + height / 2)
    })
  const line = await middle(menu)
  for (const name of ['Background', 'Budgets', 'Backends', 'Settings']) {
    await menu.click()
    await page.getByRole('link', { name, exact: true }).click()
    const title = page.getByRole('heading', { level: 1, name })
    await expect(title).toBeFocused()
    expect(Math.abs((await middle(title)) - line), name).toBeLessThanOrEqual(2)
    await menu.click({ trial: true })
    const below = await page.evaluate((y) => {
      document.querySelector('.page')?.scrollTo({ top: 150, behavior: 'instant' })
      const main = document.querySelector('main')
      const first = document.elementsFromPoint(26, y).find((element) => element !== main && main?.contains(element))
      return first?.classList[0] ?? 'nothing'
    }, line)
    expect(['page', 'bar'], name).toContain(below)
  }
})

test('an address that is empty is not asked, and a name that nobody knows is said as such', async ({ machine }) => {
  const { page } = await machine.launch()
  const address = page.getByRole('textbox', { name: 'Base URL' })
  await address.fill('http://nohost.invalid/v1')
  await expect(page.getByText('The host nohost.invalid cannot be found.')).toBeVisible({ timeout: 20_000 })
  await address.fill('')
  await expect(page.getByText(/Asking/)).toBeHidden()
})

test('a refused key leads to its field', async ({ machine, backend }) => {
  await claw(machine, ['profiles', 'add', 'Mine', '--base-url', backend.baseUrl, '--model', 'scripted'])
  backend.script(httpError(401, 'Incorrect API key provided.'))
  const { page } = await machine.launch()
  await page.getByRole('textbox', { name: 'Message' }).fill('Hi')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Set a new key' }).click()
  await expect(page.getByRole('heading', { name: 'Edit Mine' })).toBeVisible()
  const model = page.getByRole('combobox', { name: 'Model' })
  await model.fill('gpt-nope')
  await expect(page.getByText('The server lists 1 model, and this is none of them.')).toBeVisible()
})

test('who spends nothing sees tokens on Budgets, and a choice stays chosen', async ({ machine, backend }) => {
  backend.script(text('Done.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Hi')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Done.')
  await page.getByRole('link', { name: 'Budgets', exact: true }).click()
  await page.getByRole('radio', { name: 'Dollars' }).click()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('link', { name: 'Budgets', exact: true }).click()
  await expect(page.getByRole('radio', { name: 'Dollars' })).toBeChecked()
})

test('what was allowed for the session still is after the chat was left and opened again', async ({
  machine,
  backend,
}) => {
  backend.script(
    toolCall('write_file', { path: 'one.txt', content: '1\n' }),
    text('One is written.'),
    toolCall('write_file', { path: 'two.txt', content: '2\n' }),
    text('Two is written.'),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const message = page.getByRole('textbox', { name: 'Message' })
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await message.fill('Write one')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alertdialog', { name: 'Approval needed' })).toContainText(
    'until the app or the background run ends',
  )
  await page.getByRole('button', { name: 'Allow for this session' }).click()
  await expect(transcript).toContainText('One is written.')
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'New chat' })).toBeVisible()
  await rm(join(machine.project, 'one.txt'))
  await page.getByRole('link', { name: /Write one/ }).click()
  await message.fill('Write two')
  await page.keyboard.press('Enter')
  await expect(transcript).toContainText('Two is written.')
  expect(await machine.has('two.txt')).toBe(true)
})

test('the clocks of a question agree', async ({ machine, backend }) => {
  backend.script(toolCall('write_file', { path: 'one.txt', content: '1\n' }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Go')
  await page.keyboard.press('Enter')
  const question = page.getByRole('alertdialog', { name: 'Approval needed' })
  await expect(question).toContainText('0:02')
  const clocks = await page.evaluate(() =>
    ['[role="alertdialog"]', '[aria-label="Phase"]'].map(
      (place) => /\d:\d\d/.exec(document.querySelector(place)?.textContent ?? '')?.[0],
    ),
  )
  expect(clocks[0]).toBe(clocks[1])
})

test('the ring around the message box is whole', async ({ machine, backend }) => {
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).focus()
  const cut = await page.getByRole('textbox', { name: 'Message' }).evaluate((box) => {
    const ring = box.parentElement
    const style = ring && getComputedStyle(ring)
    if (!ring || !style) return null
    const out = Number.parseFloat(style.outlineWidth) + Number.parseFloat(style.outlineOffset)
    const top = ring.getBoundingClientRect().top - out
    for (let around = ring.parentElement; around; around = around.parentElement)
      if (/hidden|clip|auto/.test(getComputedStyle(around).overflowY)) return around.getBoundingClientRect().top - top
    return null
  })
  expect(cut).toBeLessThanOrEqual(0)
})

test('a command to copy looks the same before Backends was opened and after', async ({ machine }) => {
  const { page } = await machine.launch()
  const shell = page.getByText('vllm serve Qwen').locator('..')
  const looks = () =>
    shell.evaluate((element) => {
      const { display, borderTopWidth, padding } = getComputedStyle(element)
      return { display, borderTopWidth, padding }
    })
  await expect(shell).toBeVisible()
  const before = await looks()
  await page.getByRole('link', { name: 'Backends', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Backends' })).toBeVisible()
  await page.getByRole('link', { name: 'Chat', exact: true }).click()
  await expect(shell).toBeVisible()
  expect(await looks()).toEqual(before)
  expect(before).toEqual({ display: 'flex', borderTopWidth: '1px', padding: '8px 8px 8px 12px' })
})

test('who presses Stop can go on writing', async ({ machine, backend }) => {
  const held = gate()
  backend.script(text('Long, and longer.', { chunks: 4, gate: held.opened }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const message = page.getByRole('textbox', { name: 'Message' })
  await message.fill('Go')
  await message.press('Enter')
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Stopped by you')
  await expect(message).toBeFocused()
})

test('who goes on after a turn that failed can go on writing', async ({ machine, backend }) => {
  const never = gate()
  backend.script(httpError(400, 'No.'), text('On it', { chunks: 2, gate: never.opened }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const message = page.getByRole('textbox', { name: 'Message' })
  await message.fill('Hi')
  await message.press('Enter')
  const again = page.getByRole('button', { name: 'Try again' })
  await again.focus()
  await page.keyboard.press('Enter')
  await expect(again).toBeHidden()
  await expect(message).toBeFocused()
})

test('who asks for more lines of an output keeps the focus in it', async ({ machine, backend }) => {
  backend.script(toolCall('bash', { command: 'seq 400' }), text('Done.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Count')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Allow once' }).click()
  const more = page.getByRole('button', { name: /more lines$/ })
  await more.focus()
  await page.keyboard.press('Enter')
  await expect(more).toBeHidden()
  await expect(page.getByRole('region', { name: /^Output of/ })).toBeFocused()
})

test('what is pinned above an opened chat is what is out of sight above what is read', async ({ machine, backend }) => {
  const long = Array.from({ length: 40 }, (_, line) => `Line ${line}.`).join('\n\n')
  const questions = ['One', 'Two', 'Three', 'Four', ...Array.from({ length: 8 }, (_, index) => `Short ${index}`)]
  backend.script(...questions.map((_, index) => text(index < 4 ? long : 'Short.')))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const message = page.getByRole('textbox', { name: 'Message' })
  for (const [index, question] of questions.entries()) {
    await message.fill(question)
    await message.press('Enter')
    await expect.poll(() => backend.chatRequests().length).toBe(index + 1)
    await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeHidden()
  }
  await page.getByRole('button', { name: 'New chat' }).click()
  await page.getByRole('region', { name: 'Sessions' }).getByRole('link', { name: /One/ }).click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('Short 7')
  await expect(transcript).toContainText('Short 3')
  await expect(page.getByRole('button', { name: 'Go to this message' })).toBeHidden()
})

test('a form of a backend says what is missing while it is typed, is red for nothing untouched, and is kept', async ({
  machine,
  backend,
}) => {
  await claw(machine, ['profiles', 'add', 'Mine', '--base-url', backend.baseUrl, '--model', 'scripted'])
  const { page } = await machine.launch()
  await page.getByRole('link', { name: 'Backends' }).click()
  const table = page.getByRole('table', { name: 'Models of this server' })
  await expect(table.getByRole('columnheader').last()).toHaveText('Price in / out per M')

  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const address = page.getByRole('textbox', { name: 'Base URL' })
  await address.fill('localhost:9')
  await expect(page.getByText('It begins with http:// or https://, such as http://localhost:9')).toBeVisible()
  const red = page.locator('form .c-danger')
  await expect(red).toHaveCount(0)
  await page.getByRole('combobox', { name: 'Key', exact: true }).selectOption('In a file')
  await page.getByRole('textbox', { name: 'The key' }).focus()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('textbox', { name: 'The key' })).not.toHaveAttribute('aria-invalid', 'true')
  await page.getByRole('combobox', { name: 'Key', exact: true }).selectOption('The server needs none')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(red).toHaveText(['Start the URL with http:// or https://.'])
  await expect(page.getByRole('alert')).toContainText('One field needs a change')

  await address.fill(backend.baseUrl)
  await page.getByRole('combobox', { name: 'Model' }).fill('another')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'Backends' }).click()
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('another')
  await page.getByRole('region', { name: 'Profiles' }).getByRole('link', { name: /Mine/ }).click()
  await expect(page.getByText('is not saved yet, and does not count')).toBeVisible()
  await page.getByRole('button', { name: 'Go on editing' }).click()
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('another')
  await page.getByRole('button', { name: 'Discard changes' }).click()
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()
  await expect(page.getByText('is not saved yet')).toBeHidden()
})

test('from the search the keys lead into what was found, and the list of the settings follows what is read', async ({
  machine,
  backend,
}) => {
  backend.script(text('One.'), text('Two.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  for (const words of ['alpha', 'beta']) {
    await page.getByRole('button', { name: 'New chat' }).click()
    await page.getByRole('textbox', { name: 'Message' }).fill(words)
    await page.getByRole('textbox', { name: 'Message' }).press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: words })).toBeVisible()
  }
  await page.getByRole('button', { name: /^Search/ }).click()
  const search = page.getByRole('searchbox')
  await search.fill('alpha')
  await search.press('ArrowDown')
  await expect(page.getByRole('region', { name: 'Sessions' }).getByRole('link', { name: /alpha/ })).toBeFocused()
  await search.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'alpha' })).toBeVisible()

  await page.getByRole('link', { name: 'Settings' }).click()
  const sections = page.getByRole('navigation', { name: 'Settings sections' })
  const current = sections.locator('[aria-current="true"]')
  await expect(current).toHaveText('Permissions')
  await page.getByRole('heading', { level: 2, name: 'About' }).hover()
  await page.mouse.wheel(0, 5000)
  await expect(current).toHaveText('About')
  await sections.getByRole('link', { name: 'General' }).click()
  await expect(current).toHaveText('General')
})
