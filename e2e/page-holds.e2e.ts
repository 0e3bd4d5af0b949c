import { chunk, DONE, flood, gate, raw, text, toolCall } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'
import { framesLater, resize, turnHeights, watchTranscript } from './support/frames.ts'
import { type PastTurn, writePastSessions } from './support/past-sessions.ts'

/** Paragraphs, lists, tables and code of uneven heights. */
function longAnswer(seed: number): string {
  return Array.from({ length: 40 }, (_, index) => {
    switch ((index + seed) % 5) {
      case 0:
        return `## Part ${index}`
      case 1:
        return `Paragraph ${index}. ${'It says a lot about what was found in the folder. '.repeat(1 + ((index * 7) % 9))}`
      case 2:
        return Array.from({ length: 2 + (index % 6) }, (_, item) => `- point ${item} of ${index}`).join('\n')
      case 3:
        return `\`\`\`ts\n${Array.from({ length: 3 + ((index * 5) % 70) }, (_, line) => `const value${line} = ${line} + ${index}`).join('\n')}\n\`\`\``
      default:
        return `| name | value |\n|---|---|\n${Array.from({ length: 2 + (index % 5) }, (_, row) => `| row ${row} | ${index} |`).join('\n')}`
    }
  }).join('\n\n')
}

const longTurns: readonly PastTurn[] = Array.from({ length: 6 }, (_, index) => ({
  question: `Question ${index}`,
  answer: longAnswer(index),
}))

const heights = [480, 620, 760, 900, 1080, 1200]

test('nothing moves while nothing happens, and the end stays in sight while text streams, at any height', async ({
  machine,
  backend,
}) => {
  test.setTimeout(180_000)
  await writePastSessions(machine, [{ title: 'A long talk', turns: longTurns }])
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('region', { name: 'Sessions' }).getByText('A long talk').click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('Question 5')
  for (const height of heights) {
    await resize(app, page, 1100, height)
    await test.step(`${height} pixels high, at rest`, async () => {
      // What the new height brings into sight is measured first.
      await framesLater(page, 20)
      const watch = await watchTranscript(page)
      await framesLater(page, 40)
      expect(await watch.stop()).toEqual([expect.objectContaining({ below: 0 })])
    })
    await test.step(`${height} pixels high, while text comes`, async () => {
      const pieces = longAnswer(3).match(/[\s\S]{1,250}/g) ?? []
      const gates = pieces.map(() => gate())
      const frames = pieces.flatMap((piece, index) => [chunk({ content: piece }), gates[index]?.opened ?? ''])
      backend.script(raw([...frames, chunk({}, 'stop'), DONE]))
      await page.getByRole('textbox', { name: 'Message' }).fill(`Go on at ${height}`)
      await page.getByRole('button', { name: 'Send' }).click()
      await expect(page.getByRole('region', { name: 'Current turn' })).toContainText('const value0')
      const watch = await watchTranscript(page)
      for (const held of gates) {
        held.open()
        await framesLater(page, 1)
      }
      await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
      const seen = await watch.stop()
      const newest = await page.getByRole('region', { name: 'Current turn' }).getAttribute('data-turn')
      const changed = Object.entries(turnHeights(seen)).filter(([turn, all]) => turn !== newest && all.length > 1)
      expect({ changed, lost: seen.filter(({ below }) => below > 4) }).toEqual({ changed: [], lost: [] })
      expect(seen.length).toBeGreaterThan(10)
    })
  }
})

test('an earlier turn of great length above a short end keeps its height, at any height of the window', async ({
  machine,
  backend,
}) => {
  test.setTimeout(120_000)
  const turns = [...longTurns.slice(0, 2), { question: 'And now?', answer: 'Now it is done.' }]
  await writePastSessions(machine, [{ title: 'A short end', turns }])
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('region', { name: 'Sessions' }).getByText('A short end').click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Now it is done.')
  for (const height of heights) {
    await resize(app, page, 1100, height)
    await framesLater(page, 20)
    const watch = await watchTranscript(page)
    await framesLater(page, 60)
    expect(await watch.stop(), `${height} pixels high`).toEqual([expect.objectContaining({ below: 0 })])
  }
  const pieces = Array.from({ length: 30 }, (_, index) => `Paragraph ${index} of the answer.\n\n`)
  const gates = pieces.map(() => gate())
  const frames = pieces.flatMap((piece, index) => [chunk({ content: piece }), gates[index]?.opened ?? ''])
  backend.script(raw([...frames, chunk({}, 'stop'), DONE]))
  await page.getByRole('textbox', { name: 'Message' }).fill('Go on')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('region', { name: 'Current turn' })).toContainText('Paragraph 0')
  const watch = await watchTranscript(page)
  for (const held of gates) {
    held.open()
    await framesLater(page, 1)
  }
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
  const seen = await watch.stop()
  const newest = await page.getByRole('region', { name: 'Current turn' }).getAttribute('data-turn')
  const changed = Object.entries(turnHeights(seen)).filter(([turn, all]) => turn !== newest && all.length > 1)
  expect({ changed, lost: seen.filter(({ below }) => below > 4) }).toEqual({ changed: [], lost: [] })
})

test('a table keeps its words whole and scrolls, and each paragraph has its own direction', async ({
  machine,
  backend,
}) => {
  const columns = ['Repository', 'Maintainers', 'Architecture', 'Configuration', 'Dependencies', 'Performance', 'Notes']
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const table = [row(columns), row(columns.map(() => '---')), row(columns.map((name) => `${name} of it<br>again`))]
  const hebrew = 'שלום, זה `npm test` בעברית.'
  await writePastSessions(machine, [
    { title: 'Tables', turns: [{ question: 'Compare', answer: `${table.join('\n')}\n\n${hebrew}\n\nAnd English.` }] },
  ])
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('region', { name: 'Sessions' }).getByText('Tables').click()
  await resize(app, page, 520, 800)
  const shown = page.getByRole('region', { name: 'Table', exact: true })
  await expect(shown).toContainText('Configuration of it')
  const broken = await shown.evaluate((scroller) => {
    const range = document.createRange()
    const walker = document.createTreeWalker(scroller, NodeFilter.SHOW_TEXT)
    const found: string[] = []
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const word of (node.textContent ?? '').matchAll(/\S+/g)) {
        range.setStart(node, word.index)
        range.setEnd(node, word.index + word[0].length)
        if (range.getClientRects().length > 1) found.push(word[0])
      }
    }
    return {
      found,
      scrolls: scroller.scrollWidth > scroller.clientWidth,
      breaks: scroller.querySelectorAll('br').length,
    }
  })
  expect(broken).toEqual({ found: [], scrolls: true, breaks: 7 })
  const directions = await page
    .getByRole('region', { name: 'Transcript' })
    .evaluate((transcript) =>
      [...transcript.querySelectorAll('p, p code')].map((element) => [
        element.tagName,
        getComputedStyle(element).direction,
      ]),
    )
  expect(directions).toEqual([
    ['P', 'rtl'],
    ['CODE', 'ltr'],
    ['P', 'ltr'],
  ])
})

test('Markdown that nests without end is shown, in a new answer and in a session that is opened again', async ({
  machine,
  backend,
}) => {
  const deepList = Array.from({ length: 300 }, (_, depth) => `${'  '.repeat(depth)}- item ${depth}`).join('\n')
  await writePastSessions(machine, [
    {
      title: 'Deep',
      turns: [{ question: 'Nest', answer: `${'> '.repeat(5_000)}deep\n\n${deepList}\n\nThe end of it.` }],
    },
  ])
  backend.script(text(`${'- '.repeat(5_000)}deeper\n\nThe new end.`, { chunks: 20 }))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('region', { name: 'Sessions' }).getByText('Deep').click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('The end of it.')
  await page.getByRole('textbox', { name: 'Message' }).fill('More')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(transcript).toContainText('The new end.')
  await page.reload()
  await page.getByRole('region', { name: 'Sessions' }).getByText('Deep').click()
  await expect(transcript).toContainText('The new end.')
})

test('a part that cannot be drawn shows its text, and the rest of the chat stays', async ({ machine, backend }) => {
  backend.script(text('Before it.\n\nPlease BREAK here.\n\nAfter it.'))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  // A defect in drawing that one paragraph.
  await page.evaluate(() => {
    const includes = String.prototype.includes
    String.prototype.includes = function (...given) {
      if (this.startsWith('Please BREAK') && given[0] === '&') throw new Error('A defect in drawing.')
      return includes.apply(this, given)
    }
  })
  await page.getByRole('textbox', { name: 'Message' }).fill('Go')
  await page.getByRole('button', { name: 'Send' }).click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('After it.')
  await expect(transcript).toContainText('Please BREAK here.')
  await expect(transcript).toContainText('Before it.')
})

test('a model that writes a megabyte a second can be stopped', async ({ machine, backend }) => {
  backend.script(flood(1_000_000))
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('textbox', { name: 'Message' }).fill('Write without end')
  await page.getByRole('button', { name: 'Send' }).click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('more characters', { timeout: 20_000 })
  // Well beyond what is drawn.
  await expect
    .poll(async () => Number(/([\d,]+) more char/.exec(await transcript.innerText())?.[1]?.replaceAll(',', '')), {
      timeout: 30_000,
    })
    .toBeGreaterThan(2_000_000)
  const elements = await page.evaluate(() => document.querySelectorAll('*').length)
  expect(elements).toBeLessThan(15_000)
  const asked = performance.now()
  await page.getByRole('button', { name: 'Stop' }).click()
  await backend.chatRequests()[0]?.closed
  expect(performance.now() - asked).toBeLessThan(3_000)
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden()
})

test('a turn of two thousand calls opens, shows its end, and more of it when asked', async ({ machine, backend }) => {
  await writePastSessions(machine, [
    { title: 'Many calls', turns: [{ question: 'Look at all', answer: 'All of it is seen.', calls: 2_000 }] },
  ])
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('region', { name: 'Sessions' }).getByText('Many calls').click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('All of it is seen.')
  expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(6_000)
  await expect(transcript).not.toContainText('folder-1890')
  await transcript.getByRole('button', { name: /3,920 earlier steps/ }).click()
  await expect(transcript).toContainText('folder-1890')
})

test('five thousand sessions leave the sidebar quick, and all of them are found', async ({ machine, backend }) => {
  test.setTimeout(120_000)
  await writePastSessions(
    machine,
    Array.from({ length: 5_000 }, (_, index) => ({
      title: `Old talk ${index}`,
      turns: [{ question: 'Hi', answer: 'Hello.' }],
    })),
  )
  const { page } = await machine.launch({ env: environmentFor(backend) })
  const sessions = page.getByRole('region', { name: 'Sessions' })
  await expect(sessions.getByText('Old talk 4999')).toBeVisible({ timeout: 30_000 })
  expect(await sessions.getByRole('link').count()).toBe(20)
  await sessions.getByRole('button', { name: '4,980 more sessions' }).click()
  await expect(sessions.getByText('Old talk 4920', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Search sessions' }).click()
  await page.getByRole('searchbox').fill('talk 1234')
  await sessions.getByText('Old talk 1234').click()
  await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Hello.')
})

test('all of a conversation can be copied, also what is out of sight, and a change without its numbers', async ({
  machine,
  backend,
}) => {
  await machine.write({ 'sum.js': 'export const sum = (a, b) => a - b\n' })
  await writePastSessions(machine, [{ title: 'A long talk', turns: longTurns }])
  backend.script(toolCall('edit_file', { path: 'sum.js', old_text: 'a - b', new_text: 'a + b' }), text('It adds now.'))
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  const copied = () => app.evaluate(({ clipboard }) => clipboard.readText())
  await page.getByRole('region', { name: 'Sessions' }).getByText('A long talk').click()
  await page.getByRole('textbox', { name: 'Message' }).fill('Mend the sum')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('button', { name: 'Allow once' }).click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('It adds now.')
  const everything = [...longTurns.map(({ question }) => question), 'Mend the sum', '+export const sum', 'It adds now.']

  await page.getByRole('button', { name: 'Copy conversation' }).click()
  await expect.poll(copied).toContain('It adds now.')
  const whole = await copied()
  expect(everything.filter((words) => !whole.includes(words))).toEqual([])

  await app.evaluate(({ clipboard }) => clipboard.writeText(''))
  await transcript.focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+c')
  await expect.poll(copied).toBe(whole)

  const change = page.getByRole('region', { name: 'Change in sum.js' })
  await change.evaluate((element) => document.getSelection()?.selectAllChildren(element))
  await page.keyboard.press('Control+c')
  await expect.poll(copied).toBe('export const sum = (a, b) => a - b\nexport const sum = (a, b) => a + b')

  await change.hover()
  await page.getByRole('button', { name: 'Copy change' }).click()
  await expect.poll(copied).toContain('@@ -1,1 +1,1 @@\n-export const sum = (a, b) => a - b\n+export const sum')
})

test('the message that is being answered is named above, and the next one takes its place when it comes near', async ({
  machine,
  backend,
}) => {
  await writePastSessions(machine, [{ title: 'A long talk', turns: longTurns }])
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await resize(app, page, 1100, 900)
  await page.getByRole('region', { name: 'Sessions' }).getByText('A long talk').click()
  const pinned = page.getByRole('button', { name: 'Go to this message' })
  await expect(pinned.locator('xpath=../..')).toContainText('Question 5')
  await pinned.click()
  await expect(pinned).toBeHidden()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await transcript.hover()
  await page.mouse.wheel(0, -400)
  await expect(pinned.locator('xpath=../..')).toContainText('Question 4')
})

test('a reader who goes up into turns that were never in the page moves as far as the hand', async ({
  machine,
  backend,
}) => {
  await writePastSessions(machine, [{ title: 'A long talk', turns: longTurns }])
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await resize(app, page, 1100, 900)
  await page.getByRole('region', { name: 'Sessions' }).getByText('A long talk').click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await page.getByRole('button', { name: 'Go to this message' }).click()
  await expect(page.getByRole('button', { name: 'Go to this message' })).toBeHidden()
  await transcript.hover()
  const places = () =>
    transcript.evaluate((scroller) =>
      Object.fromEntries(
        [...scroller.querySelectorAll<HTMLElement>('[data-turn]')].map((turn) => [
          turn.dataset.turn ?? '',
          Math.round(turn.getBoundingClientRect().bottom),
        ]),
      ),
    )
  const jumps: string[] = []
  let before = await places()
  for (let step = 0; step < 120; step++) {
    await page.mouse.wheel(0, -160)
    await framesLater(page, 3)
    const now = await places()
    for (const [turn, bottom] of Object.entries(now)) {
      const was = before[turn]
      // Only what can be seen is kept in its place.
      if (was !== undefined && was > 48 && was < 900 && Math.abs(bottom - was - 160) > 4)
        jumps.push(`${turn}: ${bottom - was}`)
    }
    before = now
  }
  expect({ jumps, turns: Object.keys(before) }).toEqual({ jumps: [], turns: ['turn000002', 'turn000005'] })
})

test('a card that goes while another one comes does not let go of the end, whatever was clicked before', async ({
  machine,
  backend,
}) => {
  await writePastSessions(machine, [{ title: 'A long talk', turns: longTurns.slice(0, 2) }])
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.getByRole('region', { name: 'Sessions' }).getByText('A long talk').click()
  const transcript = page.getByRole('region', { name: 'Transcript' })
  await expect(transcript).toContainText('Question 1')
  await framesLater(page, 20)
  const current = page.getByRole('region', { name: 'Current turn' })
  const clicked = { text: current.locator('p').last(), button: current.getByRole('button', { name: /^Copy/ }).last() }
  for (const [what, target] of Object.entries(clicked)) {
    await target.click()
    await target.hover()
    if (what === 'button') {
      await target.press(' ')
      // A long click: the hand is still down while the page changes.
      await page.mouse.down()
    }
    const below = await transcript.evaluate(async (scroller) => {
      const card = document.createElement('div')
      scroller.querySelector('.column')?.append(card)
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const task = () => new Promise((resolve) => setTimeout(resolve))
      const found: number[] = []
      for (const measured of ['in its frame', 'at once'])
        for (const [before, after] of [
          [200, 340],
          [340, 60],
          [120, 900],
        ]) {
          card.style.height = `${before}px`
          await frame()
          await frame()
          card.style.height = '0'
          // The browser pulls the end up when it lays the page out, and says so in the frame after.
          if (measured === 'at once') scroller.getBoundingClientRect()
          else await task()
          card.style.height = `${after}px`
          for (let frames = 0; frames < 3; frames++) await frame()
          found.push(Math.round(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight))
        }
      card.remove()
      return found
    })
    await page.mouse.up()
    expect(below, `after a click on ${what}`).toEqual([0, 0, 0, 0, 0, 0])
    await framesLater(page, 3)
  }
})
