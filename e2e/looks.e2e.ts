import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectronApplication, Locator, Page } from '@playwright/test'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import { gate, httpError, text, toolCall, usage } from '../test-support/scripted-backend.ts'
import { accessProblems } from './support/access.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { spendAMonth } from './support/spent-month.ts'
import { claw, runsOf } from './support/terminal.ts'

/** The pictures of the README; `CLAW_PICTURES=1` renews them. All others go with the results of the run. */
const published = ['chat-light', 'approval-dark']

function picture(name: string): { path: string } {
  const renew = process.env.CLAW_PICTURES && published.includes(name)
  return { path: `${renew ? 'e2e/pictures' : 'test-results/pictures'}/${name}.png` }
}

const widths = [
  [1440, 900],
  [760, 900],
  [480, 800],
] as const

async function resize(app: ElectronApplication, page: Page, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  )
  await page.waitForFunction((wanted) => window.innerWidth === wanted, width)
}

async function checkAccess(page: Page): Promise<void> {
  expect(await accessProblems(page)).toEqual([])
}

async function checkNothingCut(page: Page): Promise<void> {
  // The page settles after its window has: some of it is drawn anew at another width.
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  await expect.poll(overflow, 'the page scrolls sideways').toBe(0)
  await expect.poll(() => page.evaluate(controlsOutOfReach), 'controls that nobody can scroll to').toEqual([])
}

/** In the page: what can be used but lies outside of something around it that hides what does not fit. */
function controlsOutOfReach(): string[] {
  const clips = (style: CSSStyleDeclaration) => [style.overflowX, style.overflowY].map((way) => /hidden|clip/.test(way))
  const found: string[] = []
  // The link to the content comes into sight with the focus.
  const usable = 'button, a[href]:not([href="#main"]), input, select, textarea, summary'
  for (const control of document.querySelectorAll<HTMLElement>(usable)) {
    const box = control.getBoundingClientRect()
    // What is for screen readers alone is a pixel wide.
    if (box.width <= 1 || box.height <= 1 || !control.checkVisibility({ visibilityProperty: true })) continue
    for (let around = control.parentElement; around; around = around.parentElement) {
      const style = getComputedStyle(around)
      const [acrossIsCut, downIsCut] = clips(style)
      const outer = around.getBoundingClientRect()
      const across = acrossIsCut && (box.left < outer.left - 1 || box.right > outer.right + 1)
      const down = downIsCut && (box.top < outer.top - 1 || box.bottom > outer.bottom + 1)
      if (across || down) found.push(`${control.outerHTML.slice(0, 120)} in ${around.className || around.tagName}`)
      // Behind what scrolls, it can be brought into sight.
      if (/auto|scroll/.test(style.overflowY) || /auto|scroll/.test(style.overflowX)) break
    }
  }
  return found
}

/** As on a small laptop, with half of the screen for something else. */
async function checkLow(app: ElectronApplication, page: Page): Promise<void> {
  await resize(app, page, 1000, 560)
  await checkNothingCut(page)
}

for (const scheme of ['light', 'dark'] as const) {
  test(`a working chat, ${scheme}, wide to narrow, can be read and used by everyone`, async ({ machine, backend }) => {
    await machine.write({
      'src/sum.js': 'export const sum = (a, b) => a - b\n',
      'src/sum.test.js':
        "import { test } from 'node:test'\nimport assert from 'node:assert'\nimport { sum } from './sum.js'\n\ntest('sum adds', () => assert.equal(sum(2, 2), 4))\n",
      'package.json': '{ "name": "parcel-api", "type": "module", "scripts": { "test": "node --test" } }\n',
    })
    const held = gate()
    backend.script(
      toolCall('read_file', { path: 'src/sum.js' }, { text: 'I will read the code that the test fails on.' }),
      toolCall(
        'edit_file',
        { path: 'src/sum.js', old_text: 'a - b', new_text: 'a + b' },
        { text: '`sum` **subtracts**. One sign is wrong:' },
      ),
      toolCall('bash', { command: 'npm test' }),
      text(
        'Fixed: `sum` adds now, and the tests ran.\n\n1. The sign was wrong in `src/sum.js`.\n2. Nothing else changed.\n\n```js\nexport const sum = (a, b) => a + b\n```\n',
        { chunks: 4, gate: held.opened },
      ),
    )
    const { app, page } = await machine.launch({ env: environmentFor(backend), colorScheme: scheme })
    await page
      .getByRole('textbox', { name: 'Message' })
      .fill('npm test has been failing since this morning. Find out why and fix it.')
    await page.getByRole('button', { name: 'Send' }).click()
    const approval = page.getByRole('alertdialog', { name: 'Approval needed' })
    await expect(approval).toContainText('a + b')
    await checkLow(app, page)
    await resize(app, page, 1440, 900)
    await checkAccess(page)
    await page.screenshot(picture(`approval-${scheme}`))
    await approval.getByRole('button', { name: 'Allow once' }).click()
    await expect(approval).toContainText('npm test')
    await approval.getByRole('button', { name: 'Allow once' }).click()
    await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Fixed')
    held.open()
    await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
    for (const [width, height] of widths) {
      await resize(app, page, width, height)
      await checkNothingCut(page)
      await checkAccess(page)
      await page.screenshot(picture(`chat-${scheme}${width === 1440 ? '' : `-${width}`}`))
    }
  })

  test(`the pages around it, ${scheme}, wide to narrow`, async ({ machine }) => {
    const { app, page } = await machine.launch({ colorScheme: scheme })
    await expect(page.getByRole('heading', { name: 'Connect a backend' })).toBeVisible()
    for (const name of ['first-run', 'Budgets', 'Backends', 'Settings']) {
      await resize(app, page, 1440, 900)
      if (name !== 'first-run') await page.getByRole('link', { name, exact: true }).click()
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      for (const [width, height] of widths) {
        await resize(app, page, width, height)
        await checkNothingCut(page)
        await checkAccess(page)
        await page.screenshot(picture(`${name.toLowerCase()}-${scheme}${width === 1440 ? '' : `-${width}`}`))
      }
      await checkLow(app, page)
    }
  })
}

for (const scheme of ['light', 'dark'] as const) {
  test(`a limit that is reached, ${scheme}, wide to narrow`, async ({ machine, backend }) => {
    await machine.write({ 'README.md': '# Read me\n' })
    await writeFile(
      join(machine.home, 'settings.json'),
      JSON.stringify({
        ...defaultSettings,
        limits: [{ scope: 'session', profileId: null, limits: { totalTokens: 40_000 } }],
      }),
    )
    backend.script(toolCall('read_file', { path: 'README.md' }, { usage: usage(39_000, 900) }))
    const { app, page } = await machine.launch({ env: environmentFor(backend), colorScheme: scheme })
    await page.getByRole('textbox', { name: 'Message' }).fill('Read everything')
    await page.getByRole('button', { name: 'Send' }).click()
    const card = page.getByRole('region', { name: 'Limit reached' })
    await expect(card).toContainText('39,900 of 40,000 tokens')
    for (const [width, height] of widths) {
      await resize(app, page, width, height)
      await checkNothingCut(page)
      await checkAccess(page)
      await page.screenshot(picture(`limit-${scheme}${width === 1440 ? '' : `-${width}`}`))
    }
    await checkLow(app, page)
    await card.getByRole('textbox', { name: 'New limit' }).fill('30k')
    await expect(card).toContainText('write at least')
    await checkAccess(page)
    await page.screenshot(picture(`limit-wrong-${scheme}`))
  })

  test(`a month of spending, ${scheme}, wide to narrow`, async ({ machine }) => {
    await spendAMonth(machine, { now: new Date() })
    const { app, page } = await machine.launch({ colorScheme: scheme })
    const name = (of: string, width: number) => `${of}-${scheme}${width === 1440 ? '' : `-${width}`}`
    await resize(app, page, 1440, 900)
    await page.getByRole('link', { name: 'Budgets', exact: true }).click()
    await expect(page.getByRole('table', { name: /Costliest sessions/ })).toBeVisible()
    for (const [width, height] of widths) {
      await resize(app, page, width, height)
      await checkNothingCut(page)
      await checkAccess(page)
      await page.screenshot(picture(name('spent', width)))
    }
    await resize(app, page, 1440, 900)
    const chart = page.getByRole('group', { name: /^Spend per day in/ })
    await chart.focus()
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('button', { name: /^Change A month, everything/ }).click()
    await checkAccess(page)
    await page.screenshot(picture(name('spent-edit', 1440)))
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Show as table' }).click()
    await page.getByRole('region', { name: 'Limits' }).getByRole('button', { name: 'Add' }).click()
    await checkAccess(page)
    await page.screenshot(picture(name('spent-table', 1440)))

    // The colours of the system take fills away: what is chosen and how full it is must still be seen.
    await page.emulateMedia({ forcedColors: 'active', colorScheme: scheme })
    const background = (of: Locator) => of.evaluate((element) => getComputedStyle(element).backgroundColor)
    for (const chosen of [
      page.getByRole('link', { name: 'Budgets', exact: true }),
      page.getByRole('radio', { name: 'Month' }),
      page.getByRole('button', { name: 'Show as table' }),
    ]) {
      expect(await background(chosen)).not.toBe(await background(page.locator('body')))
    }
    await page.screenshot(picture(name('spent-forced-colors', 1440)))
  })
}

for (const scheme of ['light', 'dark'] as const) {
  test(`runs in every state, ${scheme}, wide to narrow`, async ({ machine, backend }) => {
    test.slow()
    const env = environmentFor(backend)
    const never = gate()
    const statusOf = async (prompt: string) => (await runsOf(machine)).find((run) => run.prompt === prompt)?.status
    const start = async (prompt: string, status: string, ...flags: string[]) => {
      const asked = backend.chatRequests().length
      await claw(machine, ['agent-bg', prompt, ...flags], env)
      // What it is answered is replaced for the next one: a run is running before its first call has arrived.
      await backend.chatRequest(asked)
      await expect.poll(() => statusOf(prompt)).toBe(status)
    }
    await machine.write({ 'package.json': '{ "name": "parcel-api" }\n' })
    backend.script(
      toolCall('write_file', { path: 'package.json', content: '{\n  "name": "parcel-api",\n  "private": true\n}\n' }),
      text('eslint is at 10, the 31 tests pass.'),
    )
    await start('Bump eslint to 10', 'completed', '--allow-write')
    backend.script(httpError(401, 'Incorrect API key provided.'))
    await start('October incidents', 'failed')
    const tested = '- [x] Read the parser\n- [x] Generate tariffs\n- [x] Round trips\n- [ ] Overlaps\n- [ ] Shrink'
    backend.script(
      text(`${tested}\n\nNow the overlaps.\n${'Two may meet. '.repeat(9)}`, { chunks: 2, gate: never.opened }),
    )
    await start('Property tests for the tariff parser', 'running')
    const plan = (done: number) =>
      [
        'Find every place that sends a webhook',
        'Add the queue table and its migration',
        'Worker with `retries` and backoff',
        'Tests, **31 new**',
        'Push the branch',
      ]
        .map((step, index) => `- [${index < done ? 'x' : ' '}] ${step}`)
        .join('\n')
    const worker = Array.from({ length: 64 }, (_, line) => `export const step${line} = ${line}\n`).join('')
    backend.script(
      toolCall('read_file', { path: 'package.json' }, { text: plan(0) }),
      toolCall('write_file', { path: 'src/webhooks/worker.ts', content: worker }, { text: plan(2) }),
      toolCall(
        'bash',
        { command: 'git push -u origin webhooks-queue' },
        { text: `${plan(4)}\n\nThe worker **retries** with backoff.` },
      ),
    )
    await start('Move webhooks to a queue', 'waiting-approval', '--allow-write', '--max-tokens', '1000000')

    const { app, page } = await machine.launch({ env, colorScheme: scheme })
    const name = (of: string, width: number) => `${of}-${scheme}${width === 1440 ? '' : `-${width}`}`
    await page.getByRole('link', { name: 'Background' }).click()
    await page.getByRole('button', { name: 'Dismiss: This desktop has no tray' }).click()
    await page.getByRole('region', { name: 'Runs' }).getByRole('link', { name: 'Move webhooks' }).click()
    const approval = page.getByRole('alertdialog', { name: 'Approval needed' })
    await page.getByRole('button', { name: /^Write .*worker\.ts/ }).click()
    for (const [width, height] of widths) {
      await resize(app, page, width, height)
      // Long steps below leave it the room that it needs.
      await approval.getByRole('button', { name: 'Allow once' }).scrollIntoViewIfNeeded()
      await expect(approval.getByRole('button', { name: 'Allow once' })).toBeInViewport({ ratio: 1 })
      await checkNothingCut(page)
      await checkAccess(page)
      await page.screenshot(picture(name('run', width)))
      if (width === 1440) continue
      await page.getByRole('button', { name: 'All runs' }).click()
      await expect(
        page.getByRole('region', { name: 'Runs' }).getByRole('link', { name: 'Move webhooks' }),
      ).toBeFocused()
      await checkNothingCut(page)
      await checkAccess(page)
      await page.screenshot(picture(name('runs', width)))
      await page.getByRole('region', { name: 'Runs' }).getByRole('link', { name: 'Move webhooks' }).click()
    }
    await checkLow(app, page)
    await resize(app, page, 1440, 900)
    await page.getByRole('button', { name: 'Logs' }).click()
    await checkAccess(page)
    await page.screenshot(picture(name('run-log', 1440)))
    await page.getByRole('region', { name: 'Runs' }).getByRole('link', { name: 'October incidents' }).click()
    await expect(page.getByRole('region', { name: 'October incidents' })).toContainText('refused the key')
    await checkAccess(page)
    await page.screenshot(picture(name('run-failed', 1440)))
    await page.getByRole('button', { name: 'New task', exact: true }).click()
    await checkAccess(page)
    await page.screenshot(picture(name('new-task', 1440)))
    await resize(app, page, 480, 800)
    await checkNothingCut(page)
    await page.screenshot(picture(name('new-task', 480)))
  })
}

test('everything can be reached and done by keyboard', async ({ machine, backend }) => {
  backend.script(toolCall('write_file', { path: 'note.txt', content: 'x\n' }), text('Written.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const message = page.getByRole('textbox', { name: 'Message' })
  await expect(message).toBeFocused()
  await page.keyboard.type('Write a note')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alertdialog', { name: 'Approval needed' })).toBeVisible()
  // The question does not take the keyboard away from somebody who types.
  await page.keyboard.type('still typing')
  await expect(message).toHaveValue('still typing')
  // Nor does the shortcut allow anything while there is a message to send.
  await message.fill('')
  // A question that has only just appeared takes no key: it may have been meant for something else.
  await expect(async () => {
    await page.keyboard.press('Control+Enter')
    await expect(page.getByRole('alertdialog', { name: 'Approval needed' })).toBeHidden({ timeout: 500 })
  }).toPass()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Written.')
  expect(await machine.has('note.txt')).toBe(true)
  await page.keyboard.press('Control+N')
  await expect(message).toBeFocused()
  await page.keyboard.press('Control+,')
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})

for (const scheme of ['light', 'dark'] as const) {
  test(`a policy and the question for trust, ${scheme}, wide to narrow`, async ({ machine, backend }) => {
    await machine.write({
      '.claw-policy.json': JSON.stringify({
        trusted: true,
        denyTools: ['bash'],
        denyToolPrefixes: ['web_'],
        budget: { maxToolCalls: 200, maxTotalTokens: 400_000 },
        safeEnv: ['DATABASE_URL'],
        managedSettings: { permissions: { write: 'allow' }, reviewMode: 'strict' },
        hooks: {
          beforePrompt: ['The public API is in api/: do not change it without a note in docs/api.md.'],
          beforeTool: { edit_file: ['Keep the licence header.'], '*': ['Be careful.'] },
          afterTurn: ['Add a line to the changelog.'],
        },
      }),
      '.claw-hooks.json': JSON.stringify({ hooks: { afterTool: { read_file: 'Say what you saw.' } } }),
    })
    const { app, page } = await machine.launch({ env: environmentFor(backend), colorScheme: scheme })
    const question = page.getByRole('alertdialog', { name: 'Trust these policies?' })
    await expect(question).toContainText('DATABASE_URL')
    for (const [width, height] of widths) {
      await resize(app, page, width, height)
      await checkNothingCut(page)
      await checkAccess(page)
      await page.screenshot(picture(`trust-${scheme}${width === 1440 ? '' : `-${width}`}`))
    }
    await checkLow(app, page)
    await question.getByRole('button', { name: 'Go on without' }).click()
    for (const [width, height] of widths) {
      await resize(app, page, width, height)
      await page.getByRole('button', { name: 'Policy' }).click()
      await expect(page.getByRole('dialog', { name: 'Policy' })).toContainText('Has no effect')
      await checkNothingCut(page)
      await checkAccess(page)
      await page.screenshot(picture(`policy-${scheme}${width === 1440 ? '' : `-${width}`}`))
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog', { name: 'Policy' })).toBeHidden()
    }
    backend.script(text('Done.'))
    await page.getByRole('textbox', { name: 'Message' }).fill('Say it.')
    await page.getByRole('textbox', { name: 'Message' }).press('Enter')
    await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Done.')
    for (const [width, height] of widths) {
      await resize(app, page, width, height)
      await checkNothingCut(page)
      await page.screenshot(picture(`policy-chat-${scheme}${width === 1440 ? '' : `-${width}`}`))
    }
  })
}
