import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ProfileId } from '../shared/ids.ts'
import { defaultSettings } from '../shared/settings/default-settings.ts'
import { gate, text } from '../test-support/scripted-backend.ts'
import { expect, test } from './support/app.ts'

test('a chat waits for the slot that a terminal has, says so, can be stopped, and gets it when it is free', async ({
  machine,
  backend,
}) => {
  backend.script(text('Never.', { gate: gate().opened }), text('At last.'))
  const id = ProfileId.parse('mine')
  const key = { source: 'none' as const }
  const mine = { id, key, name: 'vLLM', kind: 'vllm' as const, baseUrl: backend.baseUrl, model: 'scripted', slots: 1 }
  const settings = { ...defaultSettings, profiles: [mine], defaultProfileId: id }
  await writeFile(join(machine.home, 'settings.json'), JSON.stringify(settings))
  const terminal = spawn(process.execPath, [resolve('out/cli/claw.js'), 'agent', 'Hold the slot'], {
    cwd: machine.project,
    env: { PATH: process.env.PATH, HOME: machine.home, CLAW_HOME: machine.home, CLAW_LOCAL_PORTS: 'none' },
    stdio: 'ignore',
  })
  try {
    await backend.chatRequest(0)
    const { app, page } = await machine.launch()
    const send = async (words: string) => {
      await page.getByRole('textbox', { name: 'Message' }).fill(words)
      await page.getByRole('button', { name: 'Send' }).click()
    }
    const phase = page.getByRole('group', { name: 'Phase' })
    await send('Wait for it')
    await expect(phase).toContainText(/queued.*next, vLLM has 1 slot/)
    for (const width of [480, 1440]) {
      await app.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size, 800),
        width,
      )
      await page.screenshot({ path: test.info().outputPath(`queued-${width}.png`) })
    }
    await page.getByRole('button', { name: 'Stop' }).click()
    await expect(phase).toBeHidden()
    await send('Wait again')
    await expect(phase).toContainText('queued')
    terminal.kill('SIGKILL')
    await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('At last.')
    expect(backend.chatRequests().length).toBe(2)
  } finally {
    terminal.kill('SIGKILL')
  }
})
