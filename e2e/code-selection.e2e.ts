import type { Page } from '@playwright/test'
import { chunk, DONE, gate, raw } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { framesLater } from './support/frames.ts'

const fence = (name: string) =>
  `\`\`\`ts\n${Array.from({ length: 70 }, (_, line) => `const ${name}${line} = sum(${line}, 'text') // a comment`).join('\n')}\n\`\`\`\n\n`

test('what is selected in code stays selected while colours and more text come, and has its colours afterwards', async ({
  machine,
  backend,
}) => {
  const [more, end] = [gate(), gate()]
  const answer = [chunk({ content: fence('first') }), more.opened, chunk({ content: fence('second') }), end.opened]
  backend.script(raw([...answer, chunk({}, 'stop'), DONE]))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const selecting = selectAsItComes(page)
  await page.getByRole('textbox', { name: 'Message' }).fill('Show me code')
  await page.getByRole('button', { name: 'Send' }).click()
  const selected = await selecting
  expect(selected).toMatch(/^first1 = [\s\S]*first39 = $/)
  const now = () => page.evaluate(() => document.getSelection()?.toString())
  const [first, second] = ['first69', 'second69'].map((hasText) =>
    page.getByRole('region', { name: 'TypeScript code' }).filter({ hasText }).locator('span'),
  )
  if (!first || !second) throw new Error('There are two blocks.')
  more.open()
  // It came later, so the colours of the first one are there as well.
  await expect.poll(() => second.count()).toBeGreaterThan(200)
  expect([await now(), await first.count()]).toEqual([selected, 0])
  end.open()
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
  await framesLater(page, 10)
  expect([await now(), await first.count()]).toEqual([selected, 0])
  await page.evaluate(() => document.getSelection()?.removeAllRanges())
  await expect.poll(() => first.count()).toBeGreaterThan(200)
})

/** In the very moment in which the code comes, which is before its colours: from the second line to the fortieth. */
function selectAsItComes(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const observer = new MutationObserver(() => {
          const code = [...document.querySelectorAll('pre')].find(({ textContent }) => textContent?.includes('first69'))
          const selection = document.getSelection()
          if (!code || !selection) return
          observer.disconnect()
          const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT)
          const range = document.createRange()
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const begin = node.textContent?.indexOf('first1 = ') ?? -1
            const end = node.textContent?.indexOf('first39 = ') ?? -1
            if (begin >= 0) range.setStart(node, begin)
            if (end >= 0) range.setEnd(node, end + 'first39 = '.length)
          }
          selection.removeAllRanges()
          selection.addRange(range)
          resolve(selection.toString())
        })
        observer.observe(document.body, { subtree: true, childList: true, characterData: true })
      }),
  )
}
