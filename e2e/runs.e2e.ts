import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { RunId } from '#shared/ids.ts'
import { sampleRun } from '../test-support/sample-run.ts'
import { gate, text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor } from './support/app.ts'
import { closeWindow } from './support/desktop.ts'
import { claw, runsOf } from './support/terminal.ts'
import { expect, test } from './support/tray-host.ts'

async function openBackground(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Background' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Background' })).toBeVisible()
}

const list = (page: Page) => page.getByRole('region', { name: 'Runs' })
const opened = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })

test('a run is started in the terminal, approved in the window and stopped from the tray', async ({
  machine,
  backend,
  desktop,
}) => {
  const never = gate()
  backend.script(
    toolCall('write_file', { path: 'note.txt', content: 'from the run\n'.repeat(20) }),
    text('It is written, and there is more to say', { chunks: 2, gate: never.opened }),
  )
  await claw(machine, ['agent-bg', 'Write a note'], environmentFor(backend))

  const { page } = await machine.launch({ env: environmentFor(backend) })
  await openBackground(page)
  await expect(list(page)).toContainText('Needs you')
  await expect(page.getByRole('link', { name: 'Background' })).toHaveAccessibleDescription('1 waits for you')
  await list(page).getByRole('link', { name: 'Write a note' }).click()
  const approval = opened(page, 'Write a note').getByRole('alertdialog', { name: 'Approval needed' })
  await expect(approval).toContainText('from the run')
  // However much stands around it, nothing of the question is cut off.
  const hidden = () => approval.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)
  await expect.poll(hidden).toBe(0)
  await opened(page, 'Write a note').getByRole('button', { name: 'Open as chat' }).click()
  const inChat = page.getByRole('region', { name: 'Transcript' }).getByRole('alertdialog', { name: 'Approval needed' })
  await expect(inChat).toHaveAccessibleDescription(/The run ends in (29|30) min unless answered\.$/)
  await openBackground(page)
  await expect(approval).toContainText(/The run ends in (29|30) min unless answered\./)
  await approval.getByRole('button', { name: 'Allow once' }).click()
  await expect.poll(() => machine.has('note.txt')).toBe(true)
  await expect(opened(page, 'Write a note')).toContainText('It is written')

  await expect.poll(() => desktop.menu()).toContain('(1 running)')
  const [running] = await runsOf(machine)
  await desktop.click(/^Write a note · /, 'Stop')
  await expect(list(page)).toContainText('Finished')
  await expect.poll(() => desktop.menu()).toContain('(Nothing runs)')
  const [ended] = await runsOf(machine)
  expect([running?.status, ended?.status]).toEqual(['running', 'killed'])
  await expect.poll(() => isAlive(Number(running?.pid))).toBe(false)
})

test('a task is started in the window, answered from the tray, and told when it is done', async ({
  machine,
  backend,
  desktop,
}) => {
  backend.script(toolCall('write_file', { path: 'note.txt', content: 'x\n' }), text('The note is there.'))
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await openBackground(page)
  await page.getByRole('button', { name: 'New task', exact: true }).click()
  await page.getByRole('button', { name: 'Start task' }).click()
  await expect(page.getByRole('textbox', { name: 'Task' })).toBeFocused()
  await page.getByRole('textbox', { name: 'Task' }).fill('Write a note')
  await page.getByRole('button', { name: 'Start task' }).click()
  await expect(list(page)).toContainText('waiting for you')
  await closeWindow(app)
  await expect.poll(() => app.windows()).toEqual([])

  await desktop.answer('Waiting: Write a note', 'Allow once')
  await expect.poll(() => desktop.notifications.map(({ title }) => title)).toContain('Done: Write a note')
  expect(await machine.read('note.txt')).toBe('x\n')
  const window = app.waitForEvent('window')
  desktop.openNotification(desktop.notifications.length)
  const again = await window
  await expect(opened(again, 'Write a note')).toContainText('The note is there.')
  await again.getByRole('button', { name: 'Clear finished' }).click()
  await expect(list(again)).toContainText('Tasks that go on without the window are listed here')
})

test('a run that nobody chose stays in sight when it ends and another one comes first', async ({
  machine,
  backend,
  desktop,
}) => {
  backend.script(
    toolCall('write_file', { path: 'a.txt', content: 'a\n' }),
    toolCall('write_file', { path: 'b.txt', content: 'b\n' }),
    text('It is there.'),
    text('And more.'),
  )
  for (const prompt of ['Write one file', 'Write another']) {
    await claw(machine, ['agent-bg', prompt, '--same-folder'], environmentFor(backend))
    await expect
      .poll(async () => (await runsOf(machine)).every(({ status }) => status === 'waiting-approval'))
      .toBe(true)
  }
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await openBackground(page)
  const shown = opened(page, 'Write another')
  await shown.getByRole('button', { name: 'Deny with a reason…' }).click()
  await page.keyboard.type('Write it below docs')
  await desktop.answer('Waiting: Write another', 'Allow once')
  await expect(list(page)).toContainText('Finished')
  await expect(shown).toContainText('It is there.')
  await expect(opened(page, 'Write one file')).toHaveCount(0)

  // Whoever only looked at it keeps it from nobody.
  const over = (await runsOf(machine)).find(({ status }) => status === 'completed')
  await page.getByRole('link', { name: 'Budgets' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Budgets' })).toBeVisible()
  const goOn = ['agent-resume', String(over?.sessionId), '--bg', 'Go on']
  await expect.poll(() => claw(machine, goOn, environmentFor(backend)).then(() => 'went on', String)).toBe('went on')
})

test('a run hears a message at its next step, shows its log, and goes on after a stop', async ({
  machine,
  backend,
}) => {
  const held = gate()
  backend.script(
    text('Done.'),
    text('I think about it for long', { chunks: 2, gate: held.opened }),
    text('Right, in capitals.'),
    text('Gone on.'),
  )
  await claw(machine, ['agent-bg', 'Before it'], environmentFor(backend))
  await expect.poll(async () => (await runsOf(machine))[0]?.status).toBe('completed')
  await claw(machine, ['agent-bg', 'Write a poem'], environmentFor(backend))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await openBackground(page)
  await list(page).getByRole('link', { name: 'Write a poem' }).focus()
  await page.keyboard.press('ArrowDown')
  await expect(list(page).getByRole('link', { name: 'Before it' })).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 2, name: 'Write a poem' })).toBeFocused()
  await expect(opened(page, 'Write a poem')).toContainText('I think')
  await opened(page, 'Write a poem').getByRole('textbox', { name: 'Message' }).fill('In capitals')
  await opened(page, 'Write a poem').getByRole('button', { name: 'Send' }).click()
  await expect(opened(page, 'Write a poem')).toContainText('read at the next step')
  held.open()
  await expect(opened(page, 'Write a poem')).toContainText('Right, in capitals.')
  await opened(page, 'Write a poem').getByRole('button', { name: 'Logs' }).click()
  await expect(opened(page, 'Write a poem').getByRole('region', { name: 'Log' })).toContainText('In capitals')
  await expect(list(page)).toContainText('completed')

  await opened(page, 'Write a poem').getByRole('textbox', { name: 'Message' }).fill('Go on')
  await opened(page, 'Write a poem').getByRole('button', { name: 'Send' }).click()
  await expect(opened(page, 'Write a poem')).toContainText('Gone on.')
})

test('a run shows how far its plan is, and what it changed', async ({ machine, backend }) => {
  const [looked, held] = [gate(), gate()]
  const plan = (ticks: string) =>
    ['Read `sum.js`', '**Mend** it', 'Test it'].map((step, at) => `- [${ticks[at] ?? ' '}] ${step}`).join('\n')
  await machine.write({ 'sum.js': 'export const sum = (a, b) => a - b\n' })
  const edit = { path: 'sum.js', old_text: 'a - b', new_text: 'a + b' }
  backend.script(
    toolCall('read_file', { path: 'sum.js' }, { text: plan('') }),
    text(`${plan('x')}\nThe sign is wrong.\n${'I mend it. '.repeat(9)}`, { chunks: 2, gate: looked.opened }),
  )
  await claw(machine, ['agent-bg', 'Mend the sum', '--allow-write'], environmentFor(backend))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await openBackground(page)
  const run = opened(page, 'Mend the sum')
  const meter = list(page).getByRole('meter', { name: 'Plan' })
  await expect(meter).toHaveAttribute('aria-valuetext', '1 of 3 steps done')
  await expect(run.getByRole('region', { name: 'Plan' }).getByRole('listitem')).toHaveText([
    'done:Read sum.js',
    'runningMend it',
    'to do:Test it',
  ])
  backend.script(
    toolCall('edit_file', edit, { text: plan('xx') }),
    text(`${plan('xxx')}\n\nIt adds now.`, { chunks: 2, gate: held.opened }),
  )
  await run.getByRole('textbox', { name: 'Message' }).fill('Go on')
  await run.getByRole('button', { name: 'Send' }).click()
  await expect(run).toContainText('read at the next step')
  looked.open()
  await expect(run.getByRole('definition').filter({ hasText: 'in 1 file' })).toContainText('1 line added, 1 removed')
  held.open()
  await expect(list(page)).toContainText('completed')
  await expect(list(page)).toContainText('1 line added, 1 removed')
  await expect(meter).toHaveCount(0)
  await expect(run.getByRole('region', { name: 'Plan' })).toContainText('3 of 3 done')
})

test('a chat is sent to the background in mid-turn, and taken back', async ({ machine, backend }) => {
  const never = gate()
  backend.script(
    text('A long story, that', { chunks: 2, gate: never.opened }),
    text('It goes on without', { chunks: 2, gate: never.opened }),
    text('And here it ends.'),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Tell me a story')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('A long')
  // Scripts find the buttons of the chat by these names; no other button may carry one of them in its own.
  for (const name of ['Send', 'Stop', 'New chat']) await expect(page.getByRole('button', { name })).toHaveCount(1)
  await page.getByRole('button', { name: 'Move to the background' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Background' })).toBeVisible()
  await expect(opened(page, 'Tell me a story')).toContainText('It goes')
  await opened(page, 'Tell me a story').getByRole('button', { name: 'Open as chat' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('It goes')
  await page.getByRole('button', { name: 'Take back' }).click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('And here it ends.')
  await expect(page.getByRole('button', { name: 'Move to the background' })).toBeVisible()
  expect((await runsOf(machine)).filter(({ endedAt }) => endedAt === null)).toEqual([])
})

test('what is written to a run whose question stands is the answer, as in the chat', async ({ machine, backend }) => {
  backend.script(toolCall('write_file', { path: 'new.txt', content: 'x\n' }), text('As you say.'))
  await claw(machine, ['agent-bg', 'Make a file'], environmentFor(backend))
  await expect.poll(async () => (await runsOf(machine))[0]?.status).toBe('waiting-approval')
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await openBackground(page)
  const run = opened(page, 'Make a file')
  await expect(run.getByRole('alertdialog', { name: 'Approval needed' })).toBeVisible()
  await run.getByRole('textbox', { name: 'Message' }).pressSequentially('Call it old.txt', { delay: 40 })
  await page.keyboard.press('Enter')
  await expect(run).toContainText('As you say.')
  expect(backend.chatRequests()[1]?.messages.at(-1)?.content).toContain('The user says: Call it old.txt')
})

test('a chat whose command runs says that it moves when that is over', async ({ machine, backend }) => {
  backend.script(toolCall('bash', { command: 'until [ -f open ]; do sleep 0.1; done' }), text('It is open.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Wait for it')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('button', { name: 'Deny with a reason…' }).click()
  const reason = page.getByRole('textbox', { name: /Reason/ })
  await expect(reason).toBeFocused()
  const ring = () => reason.evaluate((input) => getComputedStyle(input.closest('.field') ?? input).outlineStyle)
  expect(await ring()).toBe('solid')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Allow once' }).click()
  const move = page.getByRole('button', { name: /Move/ })
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('running')
  await move.click()
  await expect(move).toHaveAccessibleName('Moves when the command is over')
  await expect(move).toBeFocused()
  await machine.write({ open: '' })
  await expect(page.getByRole('heading', { level: 1, name: 'Background' })).toBeVisible()
  await expect(opened(page, 'Wait for it')).toContainText('It is open.')
})

test('a run that a person lets end at its limit is shown in grey, and the tray is calm', async ({
  machine,
  backend,
  desktop,
}) => {
  await machine.write({ 'README.md': '# Read me\n' })
  const watched = gate()
  backend.script(toolCall('read_file', { path: 'README.md' }, { text: 'I read it', chunks: 2, gate: watched.opened }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await claw(machine, ['agent-bg', '--max-model-calls', '1', 'Look around'], environmentFor(backend))
  await openBackground(page)
  await expect(opened(page, 'Look around')).toContainText('I re')
  watched.open()
  const card = opened(page, 'Look around').getByRole('region', { name: 'Limit reached' })
  await expect(card).toContainText('1 of 1 model call')
  await card.getByRole('button', { name: 'Stop' }).click()
  await expect(list(page)).toContainText('stopped at its limit')
  const [run] = await runsOf(machine)
  expect([run?.status, run?.exitCode]).toEqual(['failed', 3])
  const colour = (words: string) =>
    list(page)
      .getByText(words)
      .last()
      .evaluate((element) => getComputedStyle(element).color)
  expect(await colour('stopped at its limit')).toBe(await colour('limit of 1 model call reached'))
  await expect.poll(() => desktop.menu()).toContain('(Nothing runs)')

  // Who goes on with it has the same limit again.
  backend.script(toolCall('read_file', { path: 'README.md' }))
  await opened(page, 'Look around').getByRole('textbox', { name: 'Message' }).fill('Go on')
  await page.keyboard.press('Enter')
  await expect(card).toContainText('1 of 1 model call')
})

test('a second task in a folder is told of the first, and gets a worktree', async ({ machine, backend }) => {
  const never = gate()
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: machine.project })
  await machine.write({ 'a.txt': 'one\n' })
  await git('init', '-q')
  await git('add', '.')
  await git('commit', '-qm', 'begin')
  backend.script(text('At work', { chunks: 2, gate: never.opened }), text('Beside it.'))
  const env = environmentFor(backend)
  await claw(machine, ['agent-bg', 'The first'], env)
  const { page } = await machine.launch({ env })
  await openBackground(page)
  await page.getByRole('button', { name: 'New task', exact: true }).click()
  await page.getByRole('textbox', { name: 'Task' }).fill('The second')
  await page.getByRole('button', { name: 'Start task' }).click()
  const told = page.getByRole('region', { name: 'The folder is in use' })
  await expect(told).toContainText('“The first” works in this folder already')
  await expect(told.getByRole('button', { name: 'Start in a worktree' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(opened(page, 'The second')).toContainText('Beside it.')
  await expect(opened(page, 'The second')).toContainText('Nothing was changed in it.')
  expect((await git('worktree', 'list')).stdout.trim().split('\n').length).toBe(2)
})

test('a run of another version is shown, and left alone', async ({ machine }) => {
  const runs = join(machine.home, 'runs')
  await mkdir(runs, { recursive: true })
  await writeFile(
    join(runs, 'other00001.json'),
    JSON.stringify({
      version: 999,
      run: { ...sampleRun({ runId: RunId.parse('other00001'), title: 'From the future', pid: process.pid }) },
      worker: null,
    }),
  )
  const { page } = await machine.launch()
  await openBackground(page)
  await list(page).getByRole('link', { name: 'From the future' }).click()
  await expect(opened(page, 'From the future')).toContainText('Another version of the app started this run')
  await expect(opened(page, 'From the future').getByRole('button')).toHaveCount(0)
})

/** A process that ended and that nobody has asked about yet counts as gone. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat !== null && !/\) Z /.test(stat)
}
