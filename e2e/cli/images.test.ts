import { expect, test } from 'vitest'
import { text } from '../../test-support/scripted-backend.ts'
import { testProfile } from '../../test-support/test-profile.ts'
import { openEngine } from './support/engine.ts'
import { createWorld } from './support/world.ts'

/** One pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

test('an image that was sent is sent again in the same bytes by another program, which shows it in words', async () => {
  const world = await createWorld(text('I see a pixel.'), text('Still.'))
  const engine = await openEngine(world)
  const profile = await engine.profiles.save(testProfile(world.backend.baseUrl, { kind: 'custom', vision: true }))
  const session = await engine.sessions.create({
    cwd: world.work,
    profileId: profile.id,
    permissions: { write: 'ask', shell: 'ask', sandbox: true },
    canAnswer: false,
  })
  const image = await engine.sessions.addImage(png, 'pixel.png')
  await session.send([{ type: 'text', text: 'What is this?' }, image])
  await engine.close()

  const resumed = await world.run(['agent-resume', session.id, 'And now?'])
  expect(resumed).toMatchObject({ code: 0, out: 'Still.\n' })
  const [first, second] = world.backend.chatRequests()
  expect(first?.messages.at(-1)?.content).toEqual([
    { type: 'text', text: expect.stringContaining('<context>') },
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${png.toString('base64')}` } },
  ])
  const sent = first?.bodyText.slice(0, first.bodyText.lastIndexOf(']')) ?? ''
  expect([sent.length > png.length, second?.bodyText.startsWith(sent)]).toEqual([true, true])

  const shown = await world.run(['sessions', 'show', session.id])
  expect(shown.out + shown.side).toContain('What is this?\nimage (pixel.png, 1 KB)')
})
