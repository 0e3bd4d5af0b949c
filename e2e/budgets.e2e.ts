import { mkdir, readdir, readFile, rename, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { text, usage } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, type Machine, test } from './support/app.ts'
import { spendAMonth } from './support/spent-month.ts'

async function say(page: Page, message: string, answer: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(message)
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText(answer)
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
}

async function openBudgets(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Budgets', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Budgets' })).toBeVisible()
}

/** The calls as they stand in the ledger's files. */
async function ledgerOf(machine: Machine): Promise<Record<string, unknown>[]> {
  const folder = join(machine.home, 'ledger')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  return texts
    .join('\n')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter(({ type }) => type === 'spend')
}

test('the numbers of the page are those of the ledger, each said with where it comes from', async ({
  machine,
  backend,
}) => {
  backend.script(
    text('The first.', {
      usage: usage(12_000, 300, { cost: 0.5, prompt_tokens_details: { cached_tokens: 9_000 } }),
    }),
    text('The second.', { usage: usage(20_000, 700) }),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await say(page, 'What does it cost?', 'The first.')
  await say(page, 'And now?', 'The second.')
  await openBudgets(page)

  const lines = await ledgerOf(machine)
  expect(lines.map((line) => [line.input, line.output, line.cost])).toEqual([
    [12_000, 300, 500_000],
    [20_000, 700, null],
  ])
  const today = page.getByRole('region', { name: 'Today', exact: true })
  await expect(today).toContainText('$0.50')
  await expect(today).toContainText('1 call')
  await expect(page.getByRole('region', { name: 'This month' })).toContainText('$0.50')
  const tokens = page.getByRole('region', { name: 'Tokens today' })
  await expect(tokens).toContainText('33k')
  await expect(tokens).toContainText('32k in')
  await expect(page.getByRole('region', { name: 'Read from cache' })).toContainText('28 %')
  await expect(page.getByRole('complementary', { name: 'Sidebar' })).toContainText('Today$0.50 + unknown')

  const session = page
    .getByRole('table', { name: /Costliest sessions/ })
    .getByRole('row', { name: /What does it cost/ })
  await expect(session).toContainText('33k')
  await expect(session).toContainText('$0.50 + unknown')
  await expect(page.getByRole('region', { name: 'Tokens by model' })).toContainText('scripted')

  await page.getByRole('button', { name: 'Show as table' }).click()
  const row = page
    .getByRole('table', { name: /^Spend per day in/ })
    .getByRole('row')
    .nth(1)
  await expect(row).toContainText('$0.50')
  await expect(row).toContainText('1 call')
  await page.getByRole('radio', { name: 'Tokens' }).click()
  await expect(
    page
      .getByRole('table', { name: /^Tokens per day in/ })
      .getByRole('row')
      .nth(1),
  ).toContainText('33k')

  await session.getByRole('link', { name: 'What does it cost?' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('The second.')
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused()
})

test('the page follows what is spent while it is open', async ({ machine, backend }) => {
  const first = { usage: usage(1_000, 100, { cost: 0.25 }) }
  backend.script(text('One.', first), text('Two.', first))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await say(page, 'Once', 'One.')
  const message = page.getByRole('textbox', { name: 'Message' })
  await message.fill('Twice')
  await message.press('Enter')
  await openBudgets(page)
  await expect(page.getByRole('region', { name: 'Today', exact: true })).toContainText('$0.50')
  await expect(page.getByRole('table', { name: /Costliest sessions/ })).toContainText('$0.50')
})

test('a new person sees what will be here, and can set limits at once, by keyboard alone', async ({ machine }) => {
  const { page } = await machine.launch()
  await expect(page.getByRole('heading', { name: 'Connect a backend' })).toBeVisible()
  await page.getByRole('link', { name: 'Budgets', exact: true }).press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Budgets' })).toBeFocused()
  await expect(page.getByText('Nothing was used yet')).toBeVisible()
  const limits = page.getByRole('region', { name: 'Limits' })
  await expect(limits).toContainText('Nothing is limited.')

  await limits.getByRole('button', { name: 'Add' }).press('Enter')
  await expect(limits.getByRole('combobox', { name: 'Counted over' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(limits.getByRole('textbox', { name: 'At most' })).toBeFocused()
  await page.keyboard.type('ten')
  await page.keyboard.press('Enter')
  await expect(limits).toContainText('This is no amount of money. Write an amount such as 60.00.')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('10')
  await page.keyboard.press('Enter')
  const change = limits.getByRole('button', { name: 'Change A day, everything: $10.00' })
  await expect(change).toBeVisible()
  await expect(limits.getByRole('button', { name: 'Add' })).toBeFocused()
  await expect(page.getByRole('complementary', { name: 'Sidebar' })).toContainText('Today$0.00 of $10')

  // In its place: Escape leaves it, Enter saves it, and the focus is where it was.
  await change.press('Enter')
  const field = limits.getByRole('textbox', { name: 'A day, everything, cost' })
  await expect(field).toBeFocused()
  await page.keyboard.type('3')
  await page.keyboard.press('Escape')
  await expect(change).toBeFocused()
  await change.press('Enter')
  await expect(field).toHaveValue('10.00')
  await page.keyboard.type('2.50')
  await expect(limits).toContainText('$0.00 used, $2.50 left')
  await page.keyboard.press('Enter')
  await expect(limits.getByRole('button', { name: 'Change A day, everything: $2.50' })).toBeFocused()

  await page.keyboard.press('Enter')
  await limits.getByRole('button', { name: 'Remove the limit on cost' }).press('Enter')
  await expect(limits).toContainText('Nothing is limited.')
  await expect(page.getByRole('complementary', { name: 'Sidebar' })).toContainText('nothing yet')
})

test('the arrow keys go through the chart, and ranges can be looked back on', async ({ machine, backend }) => {
  backend.script(text('One.', { usage: usage(1_000, 100, { cost: 0.25 }) }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await say(page, 'Once', 'One.')
  await openBudgets(page)
  const over = page.getByRole('region', { name: 'Spend over time' })
  const chart = over.getByRole('group', { name: /^Spend per day in/ })
  await expect(chart.getByRole('img')).toHaveAccessibleName(/1 day with calls, \$0\.25 in all/)
  await chart.focus()
  await page.keyboard.press('ArrowRight')
  await expect(over.getByRole('status')).toContainText('$0.25, $0.25 reported')
  await page.keyboard.press('Escape')
  await expect(over.getByRole('status')).toHaveText('')

  await page.getByRole('radio', { name: 'Day' }).click()
  await expect(over.getByRole('group', { name: /^Spend per hour of/ })).toBeVisible()
  await expect(page.getByRole('button', { name: 'The day after' })).toBeDisabled()
  await page.getByRole('button', { name: 'The day before' }).click()
  await expect(page.getByRole('heading', { name: 'Nothing was used', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'The day after' }).click()
  await expect(over.getByRole('group', { name: /^Spend per hour of/ })).toBeVisible()
})

test('the calls of the range go into a file, as they stand in the ledger: CSV by keyboard, JSON by clicks', async ({
  machine,
}) => {
  await spendAMonth(machine, { now: new Date(), calls: 50 })
  const { app, page } = await machine.launch()
  await app.evaluate(({ dialog }, target) => {
    dialog.showSaveDialog = async (...given: unknown[]) => {
      // The kind of file that a person sees in the dialog decides its name.
      const { filters } = given.at(-1) as { filters: { extensions: string[] }[] }
      return { canceled: false, filePath: `${target}/calls.${filters[0]?.extensions[0]}` }
    }
  }, machine.project)
  await openBudgets(page)
  const calls = (await ledgerOf(machine)).map(exported)
  const saved = page.getByText('The calls are saved.')

  await page.getByRole('button', { name: 'Export' }).press('Enter')
  await page.getByRole('menuitem', { name: /^CSV/ }).press('Enter')
  await expect(saved).toBeVisible()
  const [head = '', ...rows] = (await machine.read('calls.csv')).trim().split('\r\n')
  const columns = head.split(',')
  expect([...columns].sort()).toEqual(Object.keys(calls[0] ?? {}).sort())
  expect(rows).toEqual(calls.map((call) => columns.map((name) => call[name] ?? '').join(',')))

  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: /^JSON/ }).click()
  await expect.poll(() => machine.has('calls.json')).toBe(true)
  expect(JSON.parse(await machine.read('calls.json'))).toEqual(calls)
})

/** A call of the ledger as the page gives it away. */
function exported({ type: _type, at, tools, ...line }: Record<string, unknown>): Record<string, unknown> {
  const toolCalls = Object.values(tools as Record<string, number>).reduce((sum, count) => sum + count, 0)
  return { ...line, at: new Date(Number(at)).toISOString(), toolCalls }
}

test('one profile is shown alone, its figures and limits with it', async ({ machine }) => {
  await spendAMonth(machine, { now: new Date() })
  const { page } = await machine.launch()
  await openBudgets(page)
  const ofOpenRouter = (await ledgerOf(machine)).filter(({ profileName }) => profileName === 'OpenRouter')
  const cost = ofOpenRouter.reduce((sum, line) => sum + Number(line.cost), 0)
  const month = page.getByRole('region', { name: 'This month' })
  await expect(month).toContainText('of $40.00')
  await page.getByRole('combobox', { name: 'Profile' }).click()
  await page.getByRole('option', { name: /OpenRouter/ }).click()
  // It has no limit of its own.
  await expect(month).not.toContainText('of $')
  await expect(month).toContainText(`$${(cost / 1e6).toFixed(2)}`)
  await expect(page.getByRole('region', { name: 'Tokens by model' }).getByRole('listitem')).toHaveCount(1)
  await page.getByRole('combobox', { name: 'Profile' }).click()
  await page.getByRole('option', { name: /vLLM/ }).click()
  await expect(month).toContainText('free')
  await page.getByRole('combobox', { name: 'Profile' }).click()
  await page.getByRole('option', { name: /Another/ }).click()
  await expect(month).toContainText('not known')
  await expect(month).not.toContainText('$')
})

test('a ledger that cannot be read is said in its place, the limits can still be set, and it can be tried again', async ({
  machine,
}) => {
  await spendAMonth(machine, { now: new Date(), calls: 20 })
  const { page } = await machine.launch()
  await openBudgets(page)
  await expect(page.getByRole('table', { name: /Costliest sessions/ })).toBeVisible()
  const [month] = (await readdir(join(machine.home, 'ledger'))).filter((name) => name.endsWith('.jsonl'))
  const file = join(machine.home, 'ledger', month ?? '')
  // A folder where a file should be: reading it fails for everybody, whatever the rights.
  await rename(file, `${file}.away`)
  await mkdir(file)
  await page.getByRole('radio', { name: 'Week' }).click()
  const problem = page.getByRole('alert')
  await expect(problem).toContainText(/The numbers below are as of \d\d:\d\d\./)
  await expect(page.getByRole('table', { name: /Costliest sessions/ })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Limits' }).getByRole('button', { name: 'Add' })).toBeEnabled()
  await rmdir(file)
  await rename(`${file}.away`, file)
  await problem.getByRole('button', { name: 'Try again' }).click()
  await expect(problem).toBeHidden()
})

test('a limit that is being written is not lost when the numbers come', async ({ machine }) => {
  await spendAMonth(machine, { now: new Date(), calls: 20 })
  const { page } = await machine.launch()
  const [month] = (await readdir(join(machine.home, 'ledger'))).filter((name) => name.endsWith('.jsonl'))
  const file = join(machine.home, 'ledger', month ?? '')
  await rename(file, `${file}.away`)
  await mkdir(file)
  await openBudgets(page)
  const problem = page.getByRole('alert')
  await expect(problem).toBeVisible()
  const limits = page.getByRole('region', { name: 'Limits' })
  await limits.getByRole('button', { name: 'Add' }).click()
  await limits.getByRole('textbox', { name: 'At most' }).fill('12')
  await rmdir(file)
  await rename(`${file}.away`, file)
  await problem.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('table', { name: /Costliest sessions/ })).toBeVisible()
  await expect(limits.getByRole('textbox', { name: 'At most' })).toHaveValue('12')
})
