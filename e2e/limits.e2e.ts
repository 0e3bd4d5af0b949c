import type { Page } from '@playwright/test'
import type { LimitName } from '#shared/limits/budget.ts'
import { expect, test } from './support/app.ts'
import { transcript } from './support/chat-places.ts'
import { first, limitCases, pricesPerMillion, second, third } from './support/limit-cases.ts'
import { claw } from './support/terminal.ts'

/** What a person calls each limit, and how the card says that too little of it was allowed. */
const words: Readonly<Record<LimitName, readonly [name: string, allowed: string]>> = {
  totalTokens: ['tokens', 'of 6,479 tokens'],
  inputTokens: ['tokens read', 'of 6,299 tokens read'],
  outputTokens: ['tokens written', 'of 179 tokens written'],
  reasoningTokens: ['reasoning tokens', 'of 89 reasoning tokens'],
  costUsd: ['cost', 'of $0.008099'],
  toolCalls: ['tool calls', 'of 1 tool call'],
  modelCalls: ['model calls', '2 of 2 model calls'],
  turns: ['turns', '2 of 2 turns'],
  wallTime: ['wall time', 'of 3 s'],
}

const limits = (page: Page) => page.getByRole('region', { name: 'Limits' })
const card = (page: Page) => page.getByRole('region', { name: 'Limit reached' })

test('every limit that a person sets holds in a chat, to the last token, call and second', async ({
  machine,
  backend,
}) => {
  const { input, output } = pricesPerMillion
  const at = ['--base-url', backend.baseUrl, '--no-key', '--model', 'scripted']
  const prices = ['--input-cost-per-million', `${input}`, '--output-cost-per-million', `${output}`]
  await claw(machine, ['profiles', 'add', 'Scripted', ...at, ...prices])
  const { page } = await machine.launch()

  for (const { limit, enough, tooLittle, last, over } of limitCases) {
    await test.step(limit, async () => {
      const [name, allowedWords] = words[limit]
      for (const [index, allowed] of enough.entries()) {
        await setLimit(page, { name, text: typed(limit, allowed), isNew: index === 0 })
        backend.script(first(), second, third)
        await ask(page)
        await expect(transcript(page)).toContainText('Done.')
        await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
        await expect(card(page)).toBeHidden()
      }

      await setLimit(page, { name, text: typed(limit, tooLittle), isNew: false })
      const before = backend.chatRequests().length
      backend.script(first(), second, last, third)
      await ask(page)
      await expect(card(page)).toContainText(`${name} of this run`)
      await expect(card(page)).toContainText(allowedWords)
      const sent = over === 'not sent' ? 2 : 3
      if (over === 'cut') await backend.chatRequests()[before + sent - 1]?.closed
      await card(page).getByRole('button', { name: 'Stop' }).click()
      await expect(transcript(page)).toContainText(`Limit reached: ${name} of this run.`)
      // A busy machine may need all of the time before the last call.
      const asked = backend.chatRequests().length - before
      expect(limit === 'wallTime' ? Math.max(asked, sent) : asked).toBe(sent)
      await removeLimit(page, name)
    })
  }
})

/** As a person writes it into the field. */
function typed(limit: LimitName, value: number): string {
  if (limit === 'costUsd') return `${value / 1_000_000}`
  return limit === 'wallTime' ? `${value / 1000} s` : `${value}`
}

async function openLimits(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Budgets', exact: true }).click()
}

async function setLimit(page: Page, change: { name: string; text: string; isNew: boolean }): Promise<void> {
  await openLimits(page)
  if (change.isNew) {
    await limits(page).getByRole('button', { name: 'Add' }).click()
    await limits(page).getByRole('combobox', { name: 'Counted over' }).selectOption('One run')
    await limits(page).getByRole('combobox', { name: 'Limit on' }).selectOption({ label: change.name })
    await limits(page).getByRole('textbox', { name: 'At most' }).fill(change.text)
  } else {
    await limits(page).getByRole('button', { name: 'Change One run' }).click()
    await limits(page)
      .getByRole('textbox', { name: `One run, ${change.name}` })
      .fill(change.text)
  }
  await limits(page).getByRole('button', { name: 'Save' }).click()
  await expect(limits(page).getByRole('button', { name: 'Change One run' })).toBeVisible()
}

async function removeLimit(page: Page, name: string): Promise<void> {
  await openLimits(page)
  await limits(page).getByRole('button', { name: 'Change One run' }).click()
  await limits(page)
    .getByRole('button', { name: `Remove the limit on ${name}` })
    .click()
  await expect(limits(page)).toContainText('Nothing is limited.')
}

/** In a new chat, so that nothing of the chats before counts. */
async function ask(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).click()
  await page.getByRole('textbox', { name: 'Message' }).fill('Look.')
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
}
