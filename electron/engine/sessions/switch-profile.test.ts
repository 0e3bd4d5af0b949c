import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ProfileId } from '#shared/ids.ts'
import { freeSlot } from '../../../test-support/free-slot.ts'
import {
  chunk,
  DONE,
  frame,
  raw,
  type ScriptedBackend,
  startScriptedBackend,
  text,
} from '../../../test-support/scripted-backend.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import { createBackend } from '../backend/client.ts'
import { Ledger } from '../budget/ledger.ts'
import { noPolicy } from '../policy/policy.ts'
import { builtinTools } from '../tools/builtin-tools.ts'
import { SessionStore } from './session-store.ts'

const first = ProfileId.parse('first')
const second = ProfileId.parse('second')
const details = [{ type: 'reasoning.encrypted', data: 'c2VjcmV0', index: 0, id: 'r1' }]

/** A call as Kimi names it, with reasoning that only its author can read. */
function oddCall() {
  const call = {
    index: 0,
    id: 'functions.list_dir:0',
    type: 'function',
    function: { name: 'list_dir', arguments: '{}' },
  }
  return raw([
    chunk({ reasoning: 'I look.', reasoning_details: details }),
    chunk({ tool_calls: [{ ...call, function: { ...call.function, arguments: '{"path":"."}' } }] }),
    chunk({}, 'tool_calls'),
    frame({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }),
    DONE,
  ])
}

async function world(run: (one: ScriptedBackend, two: ScriptedBackend, store: () => SessionStore) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'claw-switch-'))
  const one = await startScriptedBackend()
  const two = await startScriptedBackend()
  const servers = new Map([
    [first, testProfile(one.baseUrl, { id: first, model: 'kimi' })],
    [second, testProfile(two.baseUrl, { id: second, model: 'mistral' })],
  ])
  const clients = [...servers.values()].map((profile) => ({ profile, backend: createBackend({ profile, key: null }) }))
  const ledger = new Ledger(join(folder, 'ledger'), { now: () => 1000 })
  const store = () =>
    new SessionStore({
      dataFolder: join(folder, 'data'),
      holder: 'a test',
      services: {
        clock: { now: () => 1000 },
        ledger,
        limitSources: () => [],
        onLimitsChange: () => () => undefined,
        platform: 'linux',
        slots: { holder: () => freeSlot },
        background: false,
        tools: builtinTools,
        policyFor: () => Promise.resolve(noPolicy),
        learnWindow: () => undefined,
        noteReach: () => undefined,
        backendFor: async (id) => {
          const found = clients.find(({ profile }) => profile.id === id)
          if (!found) throw new Error(`There is no ${id}.`)
          return found
        },
      },
    })
  try {
    await run(one, two, store)
  } finally {
    await Promise.all(clients.map(({ backend }) => backend.close()))
    await ledger.close()
    await one.close()
    await two.close()
    await rm(folder, { recursive: true })
  }
}

const plainAnswer = { role: 'assistant', content: 'Seen.' }

test('a session that another backend takes over goes on, also from its journal, and finds its own words again later', () =>
  world(async (one, two, open) => {
    one.script(oddCall(), text('Seen.'))
    two.script(text('From the other.'), text('Still here.'))
    let store = open()
    const session = await store.create({
      cwd: tmpdir(),
      profileId: first,
      permissions: { write: 'ask', shell: 'ask', sandbox: true },
      canAnswer: false,
    })
    expect((await session.send('Look.')).reason).toBe('completed')
    await session.request('setProfile', { profileId: second })
    expect((await session.send('And you?')).reason).toBe('completed')
    const [taken] = two.chatRequests()
    const callId = taken?.messages[2]?.tool_calls?.[0]?.id ?? ''
    expect(callId).toMatch(/^[a-z0-9]{9}$/)
    expect(taken?.messages.slice(2, 5)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: callId, type: 'function', function: { name: 'list_dir', arguments: '{"path":"."}' } }],
      },
      { role: 'tool', tool_call_id: callId, content: expect.any(String) },
      plainAnswer,
    ])

    await store.close()
    store = open()
    const again = await store.open(session.id, { canAnswer: false })
    await again.send('Still there?')
    // What the second backend was sent is a prefix of what it is sent after a restart.
    expect(two.chatRequests()[1]?.messages.slice(0, taken?.messages.length)).toEqual(taken?.messages)

    one.script(text('Back.'))
    await again.request('setProfile', { profileId: first })
    await again.send('And now?')
    const back = one.chatRequests()[2]
    const before = one.chatRequests()[1]
    expect(back?.messages.slice(0, before?.messages.length)).toEqual(before?.messages)
    expect(back?.messages[2]).toMatchObject({
      reasoning_details: details,
      tool_calls: [{ id: 'functions.list_dir:0' }],
    })
    await store.close()
  }))
