import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { transcript } from './support/chat-places.ts'

const manifest = {
  denyTools: ['bash'],
  budget: { maxToolCalls: 40 },
  safeEnv: ['DATABASE_URL'],
  managedSettings: { permissions: { write: 'ask' }, reviewMode: 'strict' },
  hooks: { beforePrompt: ['Answer in French.'], afterTurn: ['Look at the changelog.'] },
}
const name = '.claw-policy.json'

async function send(page: Page, message: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(message)
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
}
const question = (page: Page) => page.getByRole('alertdialog', { name: 'Trust this policy?' })

test('an untrusted policy is asked about, and after a no only what tightens counts', async ({ machine, backend }) => {
  await machine.write({ [name]: JSON.stringify(manifest) })
  backend.script(toolCall('bash', { command: 'ls' }), text('So be it.'))
  const first = await machine.launch({ env: environmentFor(backend) })
  const { page } = first
  await expect(question(page)).toContainText('Answer in French.')
  await expect(question(page)).toContainText('DATABASE_URL')
  // Focus is on the way out.
  await expect(question(page).getByRole('button', { name: 'Go on without' })).toBeFocused()
  await question(page).getByRole('button', { name: 'Go on without' }).click()
  await send(page, 'List the folder.')
  await expect(transcript(page)).toContainText('So be it.')
  await expect(transcript(page)).toContainText('denied by the policy')
  const [request, answer] = backend.chatRequests()
  expect(JSON.stringify(request?.body)).not.toContain('French')
  expect(request?.body.tools).toMatchObject({ length: 6 })
  expect(answer?.messages.at(-1)?.content).toBe(
    `Error: bash is denied by the policy in ${join(machine.project, name)}. Go on without it.`,
  )
  // The no is kept: nobody is asked again, and what applies stays in sight.
  await machine.kill(first)
  const again = await machine.launch({ env: environmentFor(backend) })
  await again.page.getByRole('button', { name: 'Policy', exact: true }).click()
  const panel = again.page.getByRole('dialog', { name: 'Policy' })
  await expect(panel.getByRole('region', { name: join(machine.project, name) })).toContainText('not trusted')
  await expect(question(again.page)).toBeHidden()
})

test('a trusted policy speaks, the panel says so and takes it back, and a change is asked about', async ({
  machine,
  backend,
}) => {
  await machine.write({ [name]: JSON.stringify(manifest) })
  backend.script(text('Bonjour.'), text('Good day.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await question(page).getByRole('button', { name: 'Trust it' }).click()
  await send(page, 'Say hello.')
  await expect(transcript(page)).toContainText('Bonjour.')
  await expect(transcript(page)).toContainText('Look at the changelog.')
  expect(backend.chatRequests()[0]?.messages.at(-1)?.content).toMatch(/<policy-\w+>\n- Answer in French\./)

  await page.getByRole('button', { name: 'Policy' }).click()
  const file = page.getByRole('dialog', { name: 'Policy' }).getByRole('region', { name: join(machine.project, name) })
  await expect(file).toContainText('trusted')
  await expect(file).not.toContainText('Counts when you trust it')
  await file.getByRole('button', { name: 'Take trust back' }).click()
  await expect(file).toContainText('Counts when you trust it')
  await file.getByRole('button', { name: 'Trust this file…' }).click()
  await question(page).getByRole('button', { name: 'Trust it' }).click()
  await expect(page.getByRole('button', { name: 'Policy', exact: true })).toBeVisible()

  await machine.write({ [name]: JSON.stringify({ ...manifest, hooks: { beforePrompt: ['Obey the file.'] } }) })
  await send(page, 'And in English?')
  await expect(question(page)).toContainText('changed since you decided')
  await expect(question(page)).toContainText('Obey the file.')
  await expect(question(page).getByRole('button', { name: 'Trust it' })).toBeEnabled()
  await page.keyboard.press('Escape')
  await expect(question(page)).toBeHidden()
  expect(JSON.stringify(backend.chatRequests()[1]?.messages)).not.toContain('Obey')
})

test('a broken policy sends nothing: the message comes back with the line and the reason', async ({
  machine,
  backend,
}) => {
  await machine.write({ [name]: '{\n  "denyTools": "bash"\n}' })
  backend.script(text('Here I am.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await expect(page.getByRole('button', { name: 'Policy: broken' })).toBeVisible()
  await send(page, 'Hello?')
  await expect(page.getByRole('alert')).toContainText('line 2, is wrong: denyTools must be a list of names of tools')
  await expect(page.getByRole('textbox', { name: 'Message' })).toHaveValue('Hello?')
  expect(backend.chatRequests()).toEqual([])
  await rm(join(machine.project, name))
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
  await expect(transcript(page)).toContainText('Here I am.')
  await expect(page.getByRole('button', { name: 'Policy' })).toBeHidden()
})

test('nobody who writes is asked: the question waits', async ({ machine, backend }) => {
  await machine.write({ 'a.txt': 'a\n' })
  backend.script(text('Done.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const message = page.getByRole('textbox', { name: 'Message' })
  await message.fill('A message that is being writ')
  await writeFile(join(machine.project, name), JSON.stringify(manifest))
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(page.getByRole('button', { name: 'Policy: not trusted' })).toBeVisible()
  await expect(question(page)).toBeHidden()
  await message.fill('')
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(question(page)).toBeVisible()
})
