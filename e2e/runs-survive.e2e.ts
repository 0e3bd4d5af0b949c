import type { Page } from '@playwright/test'
import type { ClawBridge } from '../shared/feed/bridge.ts'
import { ProfileId } from '../shared/ids.ts'
import { gate, text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, type Machine, type RunningApp, test } from './support/app.ts'
import { claw, runsOf } from './support/terminal.ts'

declare global {
  interface Window {
    claw: ClawBridge
  }
}

test.afterEach(async ({ machine }) => {
  await claw(machine, ['agent-kill', '--all', '--force'])
})

/** As the page *Background* starts one. */
async function startRun(page: Page, machine: Machine, prompt: string): Promise<string> {
  const order = {
    prompt,
    cwd: machine.project,
    profileId: ProfileId.parse('environment'),
    permissions: { write: 'ask', shell: 'ask', sandbox: true },
    limits: {},
  } as const
  const reply = await page.evaluate((input) => window.claw.request('run.start', input), order)
  if (!reply.ok) throw new Error(reply.failure.message)
  return reply.value.runId
}

const list = (page: Page) => page.getByRole('region', { name: 'Runs' })
const opened = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })

const ways: Record<string, (running: RunningApp, machine: Machine) => Promise<void>> = {
  'is killed': (running, machine) => machine.kill(running),
  'is ended by the system': async ({ app }) => {
    const closed = new Promise<void>((resolve) => app.once('close', () => resolve()))
    app.process().kill('SIGTERM')
    await closed
  },
}

for (const [what, end] of Object.entries(ways)) {
  test(`a run that the window started goes on when the app ${what}, and is answered by the next one`, async ({
    machine,
    backend,
  }) => {
    backend.script(toolCall('write_file', { path: 'note.txt', content: 'x\n' }), text('The note is there.'))
    const first = await machine.launch({ env: environmentFor(backend) })
    const runId = await startRun(first.page, machine, 'Write a note')
    await expect.poll(async () => (await runsOf(machine)).map(({ status }) => status)).toEqual(['waiting-approval'])
    await end(first, machine)
    expect(await runsOf(machine)).toMatchObject([{ runId, status: 'waiting-approval' }])

    const { page } = await machine.launch({ env: environmentFor(backend) })
    await page.getByRole('link', { name: 'Background' }).click()
    await list(page).getByRole('link', { name: 'Write a note' }).click()
    await opened(page, 'Write a note').getByRole('button', { name: 'Allow once' }).click()
    await expect(opened(page, 'Write a note')).toContainText('The note is there.')
    await expect.poll(() => runsOf(machine)).toMatchObject([{ runId, status: 'completed', exitCode: 0 }])
    expect([await machine.read('note.txt'), backend.chatRequests().length]).toEqual(['x\n', 2])
  })
}

test('a worker that stops answering is told, and the window goes on', async ({ machine, backend }) => {
  const never = gate()
  backend.script(text('Before it stops and after it', { chunks: 2, gate: never.opened }))
  const { page } = await machine.launch({ env: { ...environmentFor(backend), CLAW_PATIENCE_MS: '1500' } })
  await startRun(page, machine, 'Tell me')
  await page.getByRole('link', { name: 'Background' }).click()
  await list(page).getByRole('link', { name: 'Tell me' }).click()
  await expect(opened(page, 'Tell me')).toContainText('Before')
  const [run] = await runsOf(machine)
  process.kill(Number(run?.pid), 'SIGSTOP')
  await expect(page.getByText('has not answered for 1.5 seconds')).toBeVisible()
  await page.getByRole('link', { name: 'Budgets' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Budgets' })).toBeVisible()
})
