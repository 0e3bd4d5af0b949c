import { resolve } from 'node:path'
import type { ClawBridge } from '../shared/feed/bridge.ts'
import type { RequestName } from '../shared/feed/requests.ts'
import { text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

declare global {
  interface Window {
    claw: ClawBridge
  }
}

test('the page has no Node, no Electron, and three functions', async ({ machine, backend }) => {
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const found = await page.evaluate(() => ({
    node: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in window),
    claw: Object.keys(window.claw).sort(),
  }))
  expect(found).toEqual({ node: [], claw: ['filePath', 'request', 'requestFeed'] })
})

test('an unknown request, a malformed one and an oversized one are refused as values', async ({ machine, backend }) => {
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const replies = await page.evaluate(async () => {
    const ask = (name: string, input: unknown) => window.claw.request(name as RequestName, input as never)
    return Promise.all([
      ask('shell.run', { command: 'id' }),
      ask('constructor', {}),
      ask('session.send', { sessionId: 'abcdefghij' }),
      ask('session.send', { sessionId: '../../etc', text: 'x' }),
      ask('session.send', { sessionId: 'abcdefghij', text: 'x'.repeat(2_000_000) }),
      ask('link.open', { url: 'file:///etc/passwd' }),
    ])
  })
  expect(replies.map((reply) => (reply.ok ? 'answered' : reply.failure.code))).toEqual(Array(6).fill('invalid-input'))
})

test('a foreign frame gets no answer and no bridge', async ({ machine, backend }) => {
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  const answer = await app.evaluate(async ({ BrowserWindow }, preload) => {
    // A second window that shows something else through the same preload, as a hijacked navigation would.
    const foreign = new BrowserWindow({
      show: false,
      webPreferences: { sandbox: true, contextIsolation: true, preload },
    })
    await foreign.loadURL('data:text/html,<p>foreign</p>')
    const ask = `window.claw.request('discovery.look', {}).then((reply) => reply.ok ? 'answered' : reply.failure.code, () => 'rejected')`
    const reply: unknown = await foreign.webContents.executeJavaScript(ask)
    foreign.destroy()
    return reply
  }, resolve('out/preload/index.cjs'))
  expect(['invalid-input', 'rejected']).toContain(answer)
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
})

test('the page cannot be navigated away, opens no windows, loads nothing from outside, and gets no permissions', async ({
  machine,
  backend,
}) => {
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  const before = page.url()
  const result = await page.evaluate(async () => {
    const opened = window.open('https://example.com/')
    const violations: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
    const image = new Image()
    const refused = new Promise((resolve) => image.addEventListener('error', resolve))
    image.src = 'https://example.com/pixel.png'
    await refused
    const evaluated = await Promise.resolve().then(() => {
      const script = document.createElement('script')
      script.textContent = 'window.injected = true'
      document.body.append(script)
      return 'injected' in window
    })
    const notifications = await Notification.requestPermission()
    location.href = 'https://example.com/'
    return { opened: opened === null, violations, evaluated, notifications }
  })
  expect(result).toEqual({
    opened: true,
    violations: expect.arrayContaining(['img-src', 'script-src-elem']),
    evaluated: false,
    notifications: 'denied',
  })
  expect(page.url()).toBe(before)
  expect(app.windows()).toHaveLength(1)
})

test('what the model writes stays text: no markup, no script link, no remote picture', async ({ machine, backend }) => {
  backend.script(
    text(
      '<img src=x onerror="window.injected=1"> [click](javascript:alert(1)) ![pixel](https://example.com/p.png) <b>bold</b> [good](https://example.com/)',
    ),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Show me')
  await page.getByRole('button', { name: 'Send' }).click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('<b>bold</b>')
  await expect(transcript.getByRole('link', { name: 'good' })).toHaveAttribute('href', 'https://example.com/')
  expect(await transcript.locator('img').count()).toBe(0)
  expect(await transcript.locator('a[href^="javascript"]').count()).toBe(0)
  expect(await page.evaluate(() => 'injected' in window)).toBe(false)
})
