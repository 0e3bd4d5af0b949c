import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { LimitRule } from '#shared/limits/budget.ts'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import { gate, text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, type Machine, test } from './support/app.ts'
import { transcript } from './support/chat-places.ts'

/** What a person set before. */
async function limit(machine: Machine, ...limits: LimitRule[]): Promise<void> {
  await writeFile(join(machine.home, 'settings.json'), JSON.stringify({ ...defaultSettings, limits }))
}

const oneCall: LimitRule = { scope: 'run', profileId: null, limits: { modelCalls: 1 } }

async function ask(page: Page, message: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(message)
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
}

const region = (page: Page) => page.getByRole('region', { name: 'Limit reached' })
const row = (page: Page) => page.getByRole('region', { name: 'Sessions' })

test('at a limit the run waits and says why, and Finish gets one last answer', async ({ machine, backend }) => {
  await machine.write({ 'README.md': '# Read me\n' })
  await limit(machine, oneCall)
  backend.script(toolCall('read_file', { path: 'README.md' }), text('So far I read one file.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await ask(page, 'Look around')
  await expect(region(page)).toContainText('model calls of this run')
  await expect(region(page)).toContainText('1 of 1 model call')
  await expect(region(page)).toContainText('Set onBudgets: a run')
  await expect(row(page)).toContainText('limit reached')
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused()
  expect(backend.chatRequests()).toHaveLength(1)

  await region(page).getByRole('button', { name: 'Finish with one last answer' }).click()
  await expect(transcript(page)).toContainText('So far I read one file.')
  await expect(transcript(page)).toContainText('You asked for one last answer.')
  await expect(region(page)).toBeHidden()
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
  expect(backend.chatRequests()).toHaveLength(2)
})

test('Raise goes on with more, by keyboard, and refuses what would not help', async ({ machine, backend }) => {
  await machine.write({ 'README.md': '# Read me\n' })
  await limit(machine, oneCall)
  backend.script(toolCall('read_file', { path: 'README.md' }), text('All is read.'), text('Again from the start.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await ask(page, 'Look around')
  const field = region(page).getByRole('textbox', { name: 'New limit' })
  await expect(field).toHaveValue('2')
  await region(page).getByRole('button', { name: 'Finish with one last answer' }).focus()
  await page.keyboard.press('Tab')
  await expect(region(page).getByRole('button', { name: 'Raise to' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(field).toBeFocused()
  await page.keyboard.type('1')
  await page.keyboard.press('Enter')
  await expect(region(page)).toContainText('write more than 1')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('5')
  await expect(region(page).getByRole('button', { name: 'Raise to' })).toBeEnabled()
  await page.keyboard.press('Enter')
  await expect(transcript(page)).toContainText('All is read.')
  await expect(transcript(page)).toContainText('You raised the limit to 5 model calls.')
  await expect(region(page)).toBeHidden()
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused()
})

test('Stop ends the turn at the limit, and the server hears nothing more', async ({ machine, backend }) => {
  await machine.write({ 'README.md': '# Read me\n' })
  await limit(machine, oneCall)
  backend.script(toolCall('read_file', { path: 'README.md' }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await ask(page, 'Look around')
  await region(page).getByRole('button', { name: 'Stop' }).click()
  await expect(transcript(page)).toContainText('You stopped at the limit.')
  await expect(transcript(page)).toContainText('Limit reached: model calls of this run.')
  await expect(row(page)).toContainText('limit reached')
  expect(backend.chatRequests()).toHaveLength(1)
  await transcript(page).getByRole('button', { name: 'Open budgets' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Budgets' })).toBeVisible()
})

test('a limit that is changed in its place holds for the next turn', async ({ machine, backend }) => {
  await machine.write({ 'README.md': '# Read me\n' })
  const read = toolCall('read_file', { path: 'README.md' })
  backend.script(read, text('Two calls.'), read, text('Never said.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await ask(page, 'Once')
  await expect(transcript(page)).toContainText('Two calls.')

  await page.getByRole('link', { name: 'Budgets', exact: true }).click()
  const limits = page.getByRole('region', { name: 'Limits' })
  await limits.getByRole('button', { name: 'Add' }).click()
  await limits.getByRole('combobox', { name: 'Counted over' }).selectOption('One session')
  await limits.getByRole('combobox', { name: 'Limit on' }).selectOption('model calls')
  await limits.getByRole('textbox', { name: 'At most' }).fill('9')
  await limits.getByRole('button', { name: 'Save' }).click()
  await limits.getByRole('button', { name: 'Change One session: 9' }).click()
  await limits.getByRole('textbox', { name: 'One session, model calls' }).fill('3')
  await limits.getByRole('button', { name: 'Save' }).click()
  await expect(limits.getByRole('button', { name: 'Change One session: 3' })).toBeVisible()

  await page.getByRole('link', { name: 'Chat', exact: true }).click()
  await expect(page.getByRole('meter', { name: 'Budget of this session' })).toHaveAttribute(
    'aria-valuetext',
    '2 of 3 model calls',
  )
  await ask(page, 'Twice')
  await expect(region(page)).toContainText('model calls of this session')
  await expect(region(page)).toContainText('3 of 3 model calls')
  expect(backend.chatRequests()).toHaveLength(3)
})

test('a limit that is raised on its page frees the chat that waits at it, and its card leads there', async ({
  machine,
  backend,
}) => {
  await machine.write({ 'README.md': '# Read me\n' })
  await limit(machine, { scope: 'day', profileId: null, limits: { modelCalls: 1 } })
  backend.script(toolCall('read_file', { path: 'README.md' }), text('All is read.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await ask(page, 'Look around')
  await region(page).getByRole('button', { name: 'Budgets: a day' }).click()
  const limits = page.getByRole('region', { name: 'Limits' })
  await limits.getByRole('button', { name: 'Change A day, everything: 1' }).click()
  await limits.getByRole('textbox', { name: 'A day, everything, model calls' }).fill('5')
  await limits.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('link', { name: 'Chat', exact: true }).click()
  await expect(transcript(page)).toContainText('All is read.')
  await expect(transcript(page)).toContainText('The limit has room again: it went on by itself.')
  await expect(region(page)).toBeHidden()
})

const meter = (page: Page) => page.getByRole('meter', { name: 'Budget of this session' })

test('below the message stands the tightest limit: of the run while it goes on, then that of a manifest', async ({
  machine,
  backend,
}) => {
  await machine.write({ 'README.md': '# Read me\n', '.claw-policy.json': '{ "budget": { "maxModelCalls": 4 } }' })
  await limit(
    machine,
    { scope: 'run', profileId: null, limits: { modelCalls: 3 } },
    { scope: 'session', profileId: null, limits: { modelCalls: 9, wallTime: 3_600_000 } },
  )
  const held = gate()
  backend.script(toolCall('read_file', { path: 'README.md' }), text('All is read', { chunks: 2, gate: held.opened }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await ask(page, 'Look around')
  await expect(meter(page)).toHaveAttribute('aria-valuetext', '2 of 3 model calls, this run')
  held.open()
  await expect(meter(page)).toHaveAttribute('aria-valuetext', '2 of 4 model calls')
})

test('time passes in the meter while a turn goes on, and stands still after it', async ({ machine, backend }) => {
  await limit(machine, { scope: 'session', profileId: null, limits: { wallTime: 60_000 } })
  const held = gate()
  backend.script(text('It took its time', { chunks: 2, gate: held.opened }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await ask(page, 'Take your time')
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()
  await expect(meter(page)).toHaveAttribute('aria-valuetext', /^[12] s of 1 min$/)
  await expect(meter(page)).toHaveAttribute('aria-valuetext', /^[34] s of 1 min$/)
  held.open()
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
  // What stands in the journal, and no more.
  const session = (await readdir(join(machine.home, 'sessions'))).find((name) => name.endsWith('.jsonl'))
  const lines = (await readFile(join(machine.home, 'sessions', session ?? ''), 'utf8')).trimEnd().split('\n')
  const at = (type: string) => Number(lines.map((line) => JSON.parse(line)).find((entry) => entry.type === type)?.at)
  const spent = at('turn-end') - at('turn-start')
  await expect(meter(page)).toHaveAttribute('aria-valuetext', `${Math.floor(spent / 1000)} s of 1 min`)
})

test('at 80 % a line in the chat says so, once', async ({ machine, backend }) => {
  await machine.write({ 'README.md': '# Read me\n' })
  await limit(machine, { scope: 'run', profileId: null, limits: { modelCalls: 5 } })
  const read = toolCall('read_file', { path: 'README.md' })
  backend.script(read, read, read, read, text('Just in time.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await ask(page, 'Look around')
  await expect(transcript(page)).toContainText('Just in time.')
  await expect(transcript(page).getByText(/4 model calls of 5 model calls .* are used/)).toHaveCount(1)
  await expect(region(page)).toBeHidden()
})
