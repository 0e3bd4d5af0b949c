import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { errors } from '@playwright/test'
import { expect, type RunningApp, test } from '../support/app.ts'

/** What scripts/live/window.mjs says about the running server. */
const env = Object.fromEntries(
  ['OPENAI_BASE_URL', 'OPENAI_API_KEY', 'OPENAI_MODEL'].flatMap((name) => {
    const value = process.env[name]
    return value ? [[name, value]] : []
  }),
)

test('chat', async ({ machine }) => {
  const { page } = await machine.launch({ env })
  await say(page, 'hello')
  await expect(transcript(page)).toContainText('I am a very small model. I only know my keywords.')
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
})

test('#write, allowed', async ({ machine }) => {
  await machine.write({ 'README.md': '# Sums\n' })
  const { page } = await machine.launch({ env })
  await say(page, '#write')
  const approval = page.getByRole('alertdialog', { name: 'Approval needed' })
  await expect(approval).toContainText('notes.txt')
  expect(await machine.has('notes.txt')).toBe(false)
  await approval.getByRole('button', { name: 'Allow once' }).click()
  await expect(transcript(page)).toContainText('notes.txt is written.')
  expect(await machine.read('notes.txt')).toBe('one "quoted" line\nand a <b>second</b> line\n')
})

test('#markdown', async ({ machine }) => {
  const { page } = await machine.launch({ env })
  await say(page, '#markdown')
  await expect(transcript(page).getByRole('heading', { name: 'Small report' })).toBeVisible()
  await expect(transcript(page).getByRole('cell', { name: '22' })).toBeVisible()
  await expect(transcript(page).getByRole('link', { name: 'a link' })).toBeVisible()
})

test('#forever, Stop, and on in another chat', async ({ machine }) => {
  // Where the server can be told, the answer has no end of its own: that takes a profile.
  const { page } = await machine.launch({ env: endless ? await savedProfile(machine.home) : env })
  // Where it cannot be told, the answer may end before anybody can press Stop: then it is asked for again.
  for (let attempt = 1; ; attempt++) {
    await say(page, '#forever')
    await expect(transcript(page)).toContainText('tick tock tick tock')
    if (await stopped(page)) break
    expect(attempt).toBeLessThan(6)
    await page.getByRole('button', { name: 'New chat' }).first().click()
    await expect(transcript(page)).not.toContainText('tick')
  }
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
  await page.getByRole('button', { name: 'New chat' }).first().click()
  await expect(transcript(page)).not.toContainText('tick')
  // A server that was told never to end an answer goes on after the greeting with whatever comes to its mind.
  await say(page, endless ? '#forever' : 'hello')
  await expect(transcript(page)).toContainText(endless ? 'tick tock tick tock' : 'I am a very small model.')
})

test('real language, stopped, and on', async ({ machine }, testInfo) => {
  const { page } = await machine.launch({ env })
  await say(page, 'Tell me a long story about a lighthouse and the people who lived in it.')
  const written = async () => (await transcript(page).innerText()).length
  await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(1500)
  await page.screenshot({ path: testInfo.outputPath('streaming.png') })
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(transcript(page)).toContainText('Stopped')
  await say(page, 'And then?')
  const stopped = await written()
  await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(stopped + 300)
  await page.screenshot({ path: testInfo.outputPath('going-on.png') })
})

const endless = process.env.LIVE_ENDLESS

/** Saved by the terminal program; returns the environment without a profile of its own. */
async function savedProfile(home: string): Promise<Record<string, string>> {
  const { OPENAI_BASE_URL: baseUrl = '', OPENAI_MODEL: model = '', OPENAI_API_KEY: key } = env
  const rest = { LIVE_KEY: key ?? '' }
  const address = ['--kind', process.env.LIVE_KIND ?? 'custom', '--base-url', baseUrl, '--model', model]
  const flags = [...address, '--extra-body', endless ?? '{}', ...(key ? ['--key-env', 'LIVE_KEY'] : ['--no-key'])]
  const program = join(import.meta.dirname, '../../out/cli/claw.js')
  const child = spawn(process.execPath, [program, 'profiles', 'add', 'endless', ...flags], {
    env: { ...process.env, ...rest, CLAW_HOME: home, CLAW_LOCAL_PORTS: 'none' },
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  return rest
}

/** false = the answer had ended by itself. */
async function stopped(page: Page): Promise<boolean> {
  try {
    await page.getByRole('button', { name: 'Stop' }).click({ timeout: 3000 })
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false
    throw error
  }
  await expect(transcript(page)).toContainText('Stopped')
  return true
}

type Page = RunningApp['page']

function transcript(page: Page) {
  return page.getByRole('region', { name: 'Transcript' })
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}
