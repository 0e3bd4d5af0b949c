import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { chunk, frame, type Reply, text, usage } from '../../test-support/scripted-backend.ts'
import { createWorld, jsonLines, type World } from './support/world.ts'

/** An answer without an end, as fast as it is read. */
function flood(delta: Record<string, unknown>): Reply {
  const part = frame({ choices: [{ index: 0, delta, finish_reason: null }] }).repeat(50)
  return {
    async play({ request, response }) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunk({ role: 'assistant', content: '' }))
      while (!request.closedEarly && !response.destroyed) {
        if (response.write(part)) await new Promise(setImmediate)
        else await Promise.race([new Promise((resolve) => response.once('drain', resolve)), request.closed])
      }
    },
  }
}

async function journalBytes({ home }: World): Promise<number> {
  const folder = join(home, 'sessions')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

const words = 'the same words again and again, '.repeat(4)

describe('a model that writes without end', () => {
  test.each([
    ['text', { content: words }],
    ['thoughts', { reasoning_content: words }],
  ])('%s is stopped, says why, and leaves a session that goes on', async (_what, delta) => {
    const world = await createWorld(flood(delta))
    const run = await world.run(['agent', '--json', 'Go.'])
    const lines = jsonLines(run.out)
    expect([run.code, lines.at(-1)]).toEqual([
      1,
      expect.objectContaining({
        reason: 'failed',
        failure: expect.objectContaining({
          message: expect.stringContaining('more than 4 million characters in one answer and came to no end'),
        }),
      }),
    ])
    expect(await journalBytes(world)).toBeLessThan(10_000_000)
    world.backend.script(text('Better now.', { usage: usage(900, 5) }))
    const session = String(lines[0]?.sessionId)
    expect(await world.run(['agent-resume', session, 'Again.'])).toMatchObject({ code: 0, out: 'Better now.\n' })
  })

  test('is stopped at once by Ctrl-C, in the middle of it', async () => {
    const world = await createWorld(flood({ content: words }))
    const { child, out, exit } = world.start(['agent', 'Go.'])
    await out.seen(words.repeat(2_000))
    const at = performance.now()
    child.kill('SIGINT')
    await world.backend.chatRequests()[0]?.closed
    const closed = performance.now() - at
    expect([await exit, closed < 2000, performance.now() - at < 5000]).toEqual([130, true, true])
  })
})
