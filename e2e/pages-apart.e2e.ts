import type { Locator, Page } from '@playwright/test'
import { text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { claw, runsOf } from './support/terminal.ts'

const answer = `# Heading

A paragraph of several words that is as wide as the column and not one letter wide.

- one item
- another with \`code\`

| name | value |
| ---- | ----- |
| sum  | 4     |

> quoted words

\`\`\`js
export const sum = (a, b) => a + b
\`\`\`
`

/** In the page: where every element of the content stands and how large it is. */
function boxesOf(root: HTMLElement): string[] {
  return (
    [...root.querySelectorAll('*')]
      // What tells the time, and what a pointer that happens to lie there brings up.
      .filter((element) => element.closest('time, .chart-hover, .chart-tip') === null)
      .map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect()
        const name = `${element.tagName.toLowerCase()}.${[...element.classList].join('.')}`
        return `${name} ${[x, y, width, height].map(Math.round).join(' ')}`
      })
  )
}

/** Once nothing moves any more: what is loaded late, such as colours of code, has come. */
async function settledBoxes(content: Locator): Promise<string[]> {
  let last: string[] = []
  await expect
    .poll(async () => {
      const before = last
      last = await content.evaluate(boxesOf)
      return last.length > 0 && last.join('\n') === before.join('\n')
    })
    .toBe(true)
  return last
}

async function open(page: Page, name: string): Promise<void> {
  const isChat = name === 'Explain it'
  const place = isChat ? page.getByRole('link', { name: /Explain it/ }) : page.getByRole('link', { name, exact: true })
  await place.first().click()
  await expect(page.getByRole('heading', { level: 1, name: isChat ? /Explain it/ : name })).toBeVisible()
}

test('no page changes how another one looks, whichever was there first', async ({ machine, backend }) => {
  test.slow()
  const env = environmentFor(backend)
  backend.script(text(answer))
  await claw(machine, ['agent-bg', 'Sum it up'], env)
  await expect.poll(async () => (await runsOf(machine))[0]?.status).toBe('completed')

  backend.script(toolCall('list_dir', { path: '.' }, { text: 'I look first.' }), text(answer))
  const { page } = await machine.launch({ env })
  const content = page.getByRole('main')
  await page.getByRole('textbox', { name: 'Message' }).fill('Explain it')
  await page.keyboard.press('Enter')
  // The colours of code come last.
  await expect(page.getByRole('code').locator('span').first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy answer' })).toBeAttached()

  const places = ['Explain it', 'Settings', 'Backends', 'Budgets', 'Background']
  const atFirst = new Map<string, string[]>()
  for (const place of places) {
    await open(page, place)
    atFirst.set(place, await settledBoxes(content))
  }
  for (const place of places) {
    await open(page, place)
    expect(await settledBoxes(content), place).toEqual(atFirst.get(place))
  }
  const paragraph = content.getByText('A paragraph of several words')
  await open(page, 'Explain it')
  expect((await paragraph.boundingBox())?.width).toBeGreaterThan(400)
  await open(page, 'Background')
  await page.getByRole('region', { name: 'Runs' }).getByRole('link', { name: 'Sum it up' }).click()
  expect((await paragraph.boundingBox())?.width).toBeGreaterThan(400)
})
