import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gate, text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

test('a settings file that cannot be read is kept aside, defaults are used, and it is said', async ({
  machine,
  backend,
}) => {
  const broken = '{ "version": 1, "theme": "da'
  await writeFile(join(machine.home, 'settings.json'), broken)
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await expect(page.getByText('The settings could not be read')).toBeVisible()
  const aside = (await readdir(machine.home)).find((name) => name.startsWith('settings.corrupt-'))
  expect(aside && (await readFile(join(machine.home, aside), 'utf8'))).toBe(broken)
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
})

test('a session that a terminal has open is told to the window, which loses nothing', async ({ machine, backend }) => {
  const held = gate()
  backend.script(text('From the terminal, slowly', { chunks: 2, gate: held.opened }))
  const terminal = spawn(process.execPath, [resolve('out/cli/claw.js'), 'agent', 'A job in a terminal'], {
    cwd: machine.project,
    env: { PATH: process.env.PATH, HOME: machine.home, CLAW_HOME: machine.home, ...environmentFor(backend) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(terminal, 'exit')
  await once(terminal.stdout, 'data')
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('region', { name: 'Sessions' }).getByText('A job in a terminal').click()
  await expect(page.getByText(/open in a terminal/)).toBeVisible()
  held.open()
  expect((await exited)[0]).toBe(0)
})

test('a folder that is gone is one clear sentence, and the message stays', async ({ machine, backend }) => {
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const message = page.getByRole('textbox', { name: 'Message' })
  await message.fill('Work here')
  await rm(machine.project, { recursive: true })
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByText(/does not exist/).first()).toBeVisible()
  await expect(message).toHaveValue('Work here')
})

test('a second start brings the first window forward instead of a second app', async ({ machine, backend }) => {
  const { app } = await machine.launch({ env: environmentFor(backend) })
  await expect(machine.launch({ env: environmentFor(backend) })).rejects.toThrow()
  expect(app.windows()).toHaveLength(1)
})
