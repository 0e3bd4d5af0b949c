import { expect, test } from 'vitest'
import { Profile } from '../../shared/profile/profile.ts'
import { startScriptedBackend, text } from '../../test-support/scripted-backend.ts'
import { openEngine } from './support/engine.ts'
import { createWorld } from './support/world.ts'

test('a chat keeps its model when its profile gets another one, and takes that when the profile is chosen again; address and key count at once', async () => {
  const world = await createWorld(text('One.'))
  const other = await startScriptedBackend({ script: [text('Two.'), text('Three.')] })
  const engine = await openEngine(world)
  const profile = Profile.parse({
    ...{ id: 'team', name: 'Team', kind: 'custom', baseUrl: world.backend.baseUrl, model: 'first' },
    key: { source: 'file' },
  })
  await engine.profiles.save(profile, { key: 'sk-one-1234567890', storage: 'file' })
  const permissions = { write: 'ask', shell: 'ask', sandbox: true } as const
  const session = await engine.sessions.create({ cwd: world.work, profileId: profile.id, permissions, canAnswer: true })
  const shown: string[] = []
  const say = async (words: string) => {
    shown.push(session.view().profile.model)
    await session.send(words)
  }
  await say('A')
  const changed = { ...profile, baseUrl: other.baseUrl, model: 'second' }
  await engine.profiles.save(changed, { key: 'sk-two-1234567890', storage: 'file' })
  await say('B')
  await session.request('setProfile', { profileId: profile.id })
  await say('C')
  const asked = [...world.backend.chatRequests(), ...other.chatRequests()].map(({ body, headers }) => [
    body.model,
    headers.authorization,
  ])
  await other.close()
  expect([shown, asked]).toEqual([
    ['first', 'first', 'second'],
    [
      ['first', 'Bearer sk-one-1234567890'],
      ['first', 'Bearer sk-two-1234567890'],
      ['second', 'Bearer sk-two-1234567890'],
    ],
  ])
})
