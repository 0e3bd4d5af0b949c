import { environmentFor, expect, test } from './support/app.ts'
import { framesLater, resize, turnHeights, watchTranscript } from './support/frames.ts'
import { type PastTurn, writePastSessions } from './support/past-sessions.ts'
import { chunk, DONE, gate, raw } from './support/scripted-backend.ts'

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
