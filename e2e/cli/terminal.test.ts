import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { gate, text, toolCall } from '../../test-support/scripted-backend.ts'
import { startInTerminal } from './support/terminal.ts'
import { createWorld } from './support/world.ts'

const write = (id: string) => toolCall('write_file', { path: `${id}.txt`, content: 'made\n' }, { id })

describe('a conversation in a terminal', () => {
  test('answers, remembers, and leaves with Ctrl-D', async () => {
    const world = await createWorld(text('Hello.'), text('You said hi.'))
    const { screen, type, exit } = startInTerminal(world, ['agent-chat'])
    await screen.seen('scripted of Environment in ~/work. Ask before changes. /help lists the commands.')
    await screen.seen('> ')
    type('Hi\r')
    await screen.seen('Hello.')
    await screen.seen('> ')
    type('What did I \\\rsay?\r')
    await screen.seen('You said hi.')
    await screen.seen('> ')
    type('\x04')
    expect(await exit).toBe(0)
    const texts = world.backend.chatRequests()[1]?.messages.map(({ content }) => content)
    expect(texts?.slice(2)).toEqual(['Hello.', 'What did I \nsay?'])
  })

  test('asks before a change: once, for the session, or not at all', async () => {
    const world = await createWorld(
      write('a'),
      toolCall('bash', { command: 'echo ran > b.txt' }, { id: 'b' }),
      text('As you wish.'),
      write('c'),
      write('d'),
      text('All done.'),
    )
    const { screen, asked, type, exit } = startInTerminal(world, ['agent-chat', 'Make them.'])
    await screen.seen('> Make them.')
    await screen.seen('Approval needed')
    await screen.seen('a.txt  +1')
    await screen.seen('+ made')
    await asked('y allow once   s for this session   n deny   r deny with a reason')
    type('ok\r')
    await asked('Type y to allow it once')
    type('\r')
    await asked('Type y to allow it once')
    type('/status\r')
    await asked('Commands such as /status work when this is answered')
    type('y\r')
    await screen.seen('✓ Write a.txt')
    await screen.seen('echo ran > b.txt')
    await asked('deny with a reason')
    type('r\r')
    await asked('What should it do instead?')
    type('not that way\r')
    await screen.seen('– Run echo ran > b.txt')
    await screen.seen('As you wish.')
    await screen.seen('> ')
    type('And more\r')
    await asked('deny with a reason')
    type('s\r')
    await screen.seen('✓ Write c.txt')
    await screen.seen('✓ Write d.txt')
    await screen.seen('All done.')
    await screen.seen('> ')
    type('/exit\r')
    expect([await exit, (await readdir(world.work)).sort()]).toEqual([0, ['a.txt', 'c.txt', 'd.txt']])
    expect(world.backend.chatRequests()[2]?.messages.at(-1)?.content).toContain('The user says: not that way')
  })

  test('asks again where the file was changed while the question was open', async () => {
    const world = await createWorld(write('a'), text('It is done.'))
    const file = join(world.work, 'a.txt')
    await writeFile(file, 'mine\n')
    const { screen, asked, type, exit } = startInTerminal(world, ['agent-chat', 'Make it.'])
    await asked('deny with a reason')
    await writeFile(file, 'changed\n')
    type('y\r')
    await screen.seen('- changed')
    await screen.seen('Asked again')
    await asked('deny with a reason')
    type('y\r')
    await screen.seen('It is done.')
    await screen.seen('> ')
    type('\x04')
    expect(await exit).toBe(0)
    expect(await readFile(file, 'utf8')).toBe('made\n')
  })

  test('Ctrl-C stops the answer, at a question too, clears a line, and says how to leave', async () => {
    const world = await createWorld(
      text('one two', { chunks: 2, gate: gate().opened }),
      write('a'),
      text('Still here.'),
    )
    const { screen, asked, type, exit } = startInTerminal(world, ['agent-chat', 'Count.'])
    await screen.seen('one ')
    type('\x03')
    await screen.seen('Stopped. Your next message goes on from here.')
    await (await world.backend.chatRequest(0)).closed
    await screen.seen('> ')
    type('Write.\r')
    await asked('deny with a reason')
    type('\x03')
    await screen.seen('Stopped. Your next')
    await screen.seen('> ')
    type('half a line\x03')
    await screen.seen('> ')
    type('\x03')
    await screen.seen('/exit or Ctrl-D leaves.')
    await screen.seen('> ')
    type('Are you there?\r')
    await screen.seen('Still here.')
    await screen.seen('> ')
    type('\x04')
    expect([await exit, await readdir(world.work)]).toEqual([0, []])
    expect(world.backend.chatRequests()[2]?.messages.at(-1)?.content).toBe('Are you there?')
  })

  test('its commands show and change what it works with', async () => {
    const world = await createWorld(text('First.'), text('Second.'))
    const { screen, type, exit } = startInTerminal(world, ['agent-chat'])
    const enter = async (line: string, ...shown: string[]) => {
      await screen.seen('> ')
      type(`${line}\r`)
      for (const words of shown) await screen.seen(words)
    }
    await enter('/help', '/model [model]', '/permissions [tier]', '/exit')
    await enter('/model', '* scripted')
    await enter('/profile', '* environment', 'demo, no model')
    await enter('/tools', 'bash          runs commands', 'list_dir', 'read_file')
    await enter('/permissions', '* ask', 'unsafe')
    await enter('/permissions write', 'Write, ask for shell.')
    await enter('/status', 'begins with the first message', 'Write, ask for shell')
    await enter('/nothing', 'There is no command /nothing')
    await enter('One', 'First.')
    await enter('/model other', 'other answers from here on.')
    await enter('/status', 'Model        other', '10 in, 5 out')
    await enter('/clear', 'The next message begins a new session.')
    await enter('Two', 'Second.')
    await enter('/exit')
    expect(await exit).toBe(0)
    const requests = world.backend.chatRequests().map(({ body, messages }) => [body.model, messages.length])
    expect(requests).toEqual([
      ['scripted', 2],
      ['other', 2],
    ])
    expect(JSON.parse((await world.run(['sessions', '--json'])).out)).toHaveLength(2)
  })

  test('shows what goes on in one line, and thoughts', async () => {
    const held = gate()
    const world = await createWorld(text('Yes.', { reasoning: 'Let me see.', gate: held.opened }))
    const { screen, exit } = startInTerminal(world, ['agent', 'Is it?'])
    await screen.seen('⠋ Waiting for the model')
    await screen.seen('Let me see.')
    held.open()
    await screen.seen('Yes.')
    expect(await exit).toBe(0)
  })

  test('goes on with a session, whose messages are found with arrow-up', async () => {
    const world = await createWorld(text('First.'), text('Again.'))
    await world.run(['agent', 'Say it.'])
    const [{ sessionId }] = JSON.parse((await world.run(['sessions', '--json'])).out) as [{ sessionId: string }]
    const { screen, type, exit } = startInTerminal(world, ['agent-resume', sessionId])
    await screen.seen(`Session ${sessionId} "Say it."`)
    await screen.seen('> ')
    type('\x1b[A\r')
    await screen.seen('Again.')
    await screen.seen('> ')
    type('\x04')
    expect([await exit, world.backend.chatRequests()[1]?.messages.at(-1)?.content]).toEqual([0, 'Say it.'])
  })

  test('offers the demo where nothing is configured', async () => {
    const world = await createWorld()
    const { screen, asked, type, exit } = startInTerminal(
      { ...world, env: { ...world.env, OPENAI_BASE_URL: undefined, OPENAI_MODEL: undefined } },
      ['agent', 'Hello'],
    )
    await asked('Try the built-in one (demo, no model)? [Y/n]')
    type('\r')
    await screen.seen('a script, not a model')
    for (const _call of ['write_file', 'bash']) {
      await asked('deny with a reason')
      type('n\r')
    }
    await screen.seen('Demo (demo, no model), demo: ')
    expect(await exit).toBe(0)
  })
})

describe('what is typed at the wrong moment', () => {
  test('answers no question that came later, is told once, and waits for the next message', async () => {
    const held = gate()
    const world = await createWorld(
      toolCall('bash', { command: 'echo ran > ran.txt' }, { gate: held.opened }),
      toolCall('bash', { command: 'echo ran > again.txt' }),
      text('As you wish.'),
    )
    const { screen, asked, type, exit } = startInTerminal(world, ['agent-chat', 'Do it.'])
    await screen.seen('Waiting for the model')
    type('y\r')
    await screen.seen('> ')
    held.open()
    await screen.seen('echo ran > ran.txt')
    await asked('What was typed before this question is no answer to it; it waits for your next message.')
    type('n\r')
    await screen.seen('– Run echo ran > ran.txt')
    // In the moment in which the next one comes up.
    await screen.seen('deny with a reason')
    type('y\r')
    await asked('')
    type('n\r')
    await screen.seen('As you wish.')
    await screen.seen('> \x1b[3Gy')
    type('\x03')
    await screen.seen('> ')
    type('\x04')
    expect([await exit, await readdir(world.work), world.backend.chatRequests().length]).toEqual([0, [], 3])
  })

  test('is not echoed into what the agent shows, and is seen in a row of its own', async () => {
    const held = gate()
    const world = await createWorld(text('one two', { chunks: 2, gate: held.opened }))
    const { screen, type, exit } = startInTerminal(world, ['agent', 'Count.'])
    await screen.seen('one ')
    type('typed ahead')
    await screen.seen('\r> typed ahead\x1b[K')
    held.open()
    await screen.seen('one two')
    expect([await exit, screen.text.match(/[^>] typed ahead/)]).toEqual([0, null])
  })

  test('Ctrl-Z gives the terminal back to the shell, and what was typed is there when it goes on', async () => {
    const world = await createWorld(text('Hello.'))
    const { screen, type, exit } = startInTerminal(world, ['agent-chat'], {}, { job: true })
    await screen.seen('> ')
    type('Say ')
    await screen.seen('Say ')
    type('\x1a')
    await screen.seen('\x1b[?2004l')
    await screen.seen('the shell has it')
    type('\r')
    await screen.seen('> Say \x1b[7G')
    type('hello\r')
    await screen.seen('Hello.')
    await screen.seen('> ')
    type('\x04')
    expect([await exit, world.backend.chatRequests()[0]?.messages.at(-1)?.content]).toEqual([
      0,
      expect.stringMatching(/Say hello$/),
    ])
  })

  test('a paste stays one message, marked by the terminal or in pieces', async () => {
    const world = await createWorld(text('First.'), text('Second.'))
    const { screen, type, exit } = startInTerminal(world, ['agent-chat'])
    await screen.seen('\x1b[?2004h')
    await screen.seen('> ')
    type('one\rtwo\r')
    await screen.seen('two')
    type('three\r')
    await screen.seen('First.')
    await screen.seen('> ')
    type('see: \x1b[200~a\rb\x1b[31m\r')
    type('c\x1b[201~')
    await screen.seen('… \x1b[3Gc')
    type('!\r')
    await screen.seen('Second.')
    await screen.seen('> ')
    type('\x04')
    expect([await exit, world.backend.chatRequests().map(({ messages }) => messages.at(-1)?.content)]).toEqual([
      0,
      [expect.stringMatching(/one\ntwo\nthree$/), 'see: a\nb[31m\nc!'],
    ])
    expect(screen.text.endsWith('\x1b[?2004l')).toBe(true)
  })
})

test.runIf(process.platform === 'linux')(
  'a terminal that goes in the very moment in which a question came up denies it, and those after it',
  async () => {
    const world = await createWorld(write('a'), write('b'), text('As you wish.'))
    const exitFile = join(world.home, 'exit')
    const { screen, breakOff } = startInTerminal(world, ['agent', 'Do it.'], {}, { detached: { exitFile } })
    await screen.seen('deny with a reason')
    breakOff()
    await expect.poll(() => readFile(exitFile, 'utf8').catch(() => ''), { timeout: 10_000 }).not.toBe('')
    const [name = ''] = (await readdir(join(world.home, 'sessions'))).filter((file) => file.endsWith('.jsonl'))
    const journal = await readFile(join(world.home, 'sessions', name), 'utf8')
    expect([await readdir(world.work), /"type":"turn-end".*"reason":"(.*?)"/.exec(journal)?.[1]]).toEqual([
      [],
      'completed',
    ])
  },
)

describe('a conversation without a terminal', () => {
  test('takes each line as a message, and ends as the last one did', async () => {
    const world = await createWorld(text('One.'), write('a'))
    const { code, out, side } = await world.run(['agent-chat'], { input: { text: 'First\n\n/status\nSecond\n' } })
    expect([code, out]).toEqual([4, 'One.\n'])
    expect(side).toContain('Permissions  Ask before changes')
    expect(world.backend.chatRequests()[1]?.messages.at(-1)?.content).toBe('Second')
  })
})

test('the journal of a conversation is private', async () => {
  const world = await createWorld(text('One.'))
  await world.run(['agent', 'Hi'])
  const [name = ''] = (await readdir(join(world.home, 'sessions'))).filter((file) => file.endsWith('.jsonl'))
  expect(await readFile(join(world.home, 'sessions', name), 'utf8')).toContain('"text":"Hi"')
})
