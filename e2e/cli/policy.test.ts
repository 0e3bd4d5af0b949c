import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { text, toolCall } from '../../test-support/scripted-backend.ts'
import { journalHolds } from './support/journal.ts'
import { startInTerminal } from './support/terminal.ts'
import { createWorld, jsonLines, type World } from './support/world.ts'

const kind = {
  denyTools: ['bash'],
  safeEnv: ['TEAM_TOKEN'],
  hooks: { beforePrompt: ['Answer in French.'], afterTurn: ['Look at the changelog.'] },
}

async function put(world: World, content: unknown, name = '.claw-policy.json'): Promise<string> {
  const path = join(world.work, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const asked = (world: World, index: number) => String(world.backend.chatRequests()[index]?.messages.at(-1)?.content)
const offered = (world: World, index: number) => {
  const tools = world.backend.chatRequests()[index]?.body.tools as { function: { name: string } }[] | undefined
  return tools?.map((tool) => tool.function.name)
}

describe('claw trust', () => {
  test('shows what applies, lets it count, takes it back, and forgets it when the file changes', async () => {
    const world = await createWorld()
    const path = await put(world, kind)
    const states: string[] = []
    const look = async (...args: string[]) => {
      const { code, out } = await world.run(['trust', ...args])
      const rules = [...out.matchAll(/^ {2}(.) (Denies|Says with|Says when|Gives)/gm)].map(([, sign]) => sign).join('')
      states.push(
        `${code} ${out
          .split('\n')[0]
          ?.replace(path, 'file')
          .replace(/^~\/work\/\S+/, 'file')} ${rules}`,
      )
    }
    await look('--show')
    // Nobody can read it.
    await look()
    await look('--yes')
    await look('--show')
    await put(world, { ...kind, denyTools: ['bash', 'write_file'] })
    await look('--show')
    await look('--yes')
    await look('--revoke')
    await put(world, '{\n"denyTools": "bash"}')
    await look('--show')
    await rm(path)
    await look('--show')
    expect(states).toEqual([
      '0 file  not trusted ✓···',
      '4 file  not trusted ✓···',
      '0 file  not trusted ✓···',
      '0 file  trusted ✓✓✓✓',
      '0 file  not trusted: changed since you decided ✓✓···',
      '0 file  not trusted: changed since you decided ✓✓···',
      '0 file  not trusted ✓✓···',
      '2 file  not trusted ',
      '0 No policy applies in ~/work: there is no .claw-policy.json here or above. ',
    ])
  })

  test('prints one object for a program, and is about another folder when told so', async () => {
    const world = await createWorld()
    const path = await put(world, kind)
    await mkdir(join(world.work, 'inner'))
    const hooks = await put(world, { denyTools: ['write_file'] }, 'inner/.claw-hooks.json')
    const { out } = await world.run(['trust', 'inner', '--yes', '--json'])
    const shown = await world.run(['trust', '--json', '--show'], { cwd: join(world.work, 'inner') })
    expect([JSON.parse(out), shown.code]).toMatchObject([
      {
        folder: join(world.work, 'inner'),
        files: [
          { path, trust: 'trusted', problem: null, rules: { length: 5 - 1 } },
          { path: hooks, trust: 'trusted', rules: [{ title: 'Denies', text: 'write_file', state: 'counts' }] },
        ],
      },
      0,
    ])
    expect(JSON.parse(shown.out)).toEqual(JSON.parse(out))
  })

  test.each([
    [['trust', 'a', 'b'], 'trust takes one folder'],
    [['trust', '--show', '--revoke'], 'do not go together'],
    [['trust', '--json'], '--json goes with'],
    [['trust', 'nowhere'], 'does not exist'],
  ])('%j is refused', async (args, words) => {
    const { code, side } = await (await createWorld()).run(args)
    expect([code, side]).toEqual([2, expect.stringContaining(words)])
  })

  test('asks at a terminal, and remembers the no', async () => {
    const world = await createWorld()
    await put(world, kind)
    const first = startInTerminal(world, ['trust'])
    await first.screen.seen('Answer in French.')
    await first.asked('Trust this file as shown? [y/N]')
    first.type('\r')
    await first.screen.seen('It stays untrusted.')
    await first.exit
    expect((await world.run(['trust', '--show'])).out).toContain('not trusted, as you decided')
    const second = startInTerminal(world, ['trust'])
    await second.asked('[y/N]')
    second.type('y\r')
    await second.screen.seen('Trusted as it is now.')
    await second.exit
    expect((await world.run(['trust', '--show'])).out).toMatch(/claw-policy\.json {2}trusted\n/)
  })

  test('escape sequences of a manifest do not reach the terminal', async () => {
    const world = await createWorld()
    await put(world, { hooks: { beforePrompt: '\u001b[2Jnothing to see\u202e' } })
    const { out } = await world.run(['trust', '--show'])
    expect(out).toContain('␛[2Jnothing to see<U+202E>')
  })
})

describe('a run', () => {
  test('in an untrusted folder is told once, and only what tightens counts', async () => {
    const world = await createWorld(toolCall('bash', { command: 'ls' }), text('Well.'))
    const path = await put(world, kind)
    const { code, out, side } = await world.run(['agent', '--allow-shell', 'List.'])
    expect({ code, out }).toEqual({ code: 0, out: 'Well.\n' })
    expect(side).toMatch(/^Not trusted, so only what tightens counts: \S+\.claw-policy\.json\. `claw trust` shows it/)
    expect(offered(world, 0)).not.toContain('bash')
    expect(asked(world, 0)).not.toContain('French')
    expect(asked(world, 1)).toBe(`Error: bash is denied by the policy in ${path}. Go on without it.`)
  })

  test('in a trusted one gets texts and variables, and tells the end for the person', async () => {
    const world = await createWorld(toolCall('bash', { command: 'echo "<$TEAM_TOKEN>"' }), text('Voilà.'))
    await put(world, { ...kind, denyTools: [] })
    await world.run(['trust', '--yes'])
    const { code, out, side } = await world.run(['agent', '--json', '--allow-shell', 'List.'], {
      env: { TEAM_TOKEN: 'sesame' },
    })
    const lines = jsonLines(out)
    expect([code, side, asked(world, 0)]).toEqual([0, '', expect.stringMatching(/<policy-\w+>\n- Answer in French\./)])
    expect(lines.find(({ type }) => type === 'tool-end')).toMatchObject({ ok: true, output: '<sesame>' })
    expect(lines.filter(({ type }) => type === 'warning')).toMatchObject([
      { code: 'policy-after-turn', message: 'Look at the changelog.' },
    ])
    expect(lines.at(-1)).toMatchObject({ type: 'run-end', exitCode: 0 })
  })

  test('does not begin where a manifest is broken: nothing is sent, and no session is left', async () => {
    const world = await createWorld(text('Never.'))
    const path = await put(world, '{\n  "denyTools": ["bash"],\n  "budget": { "maxToolCalls": "ten" }\n}')
    const message = `The policy ${path}, line 3, is wrong: budget.maxToolCalls must be a whole number from 0 on. Repair it: no run begins before that.`
    const plain = await world.run(['agent', 'Hi'])
    const json = await world.run(['agent', '--json', 'Hi'])
    expect([plain, json.code, jsonLines(json.out)]).toMatchObject([
      { code: 2, out: '', side: `claw: ${message}\n` },
      2,
      [{ type: 'run-end', reason: 'failed', exitCode: 2, failure: { code: 'invalid-input', message } }],
    ])
    expect([world.backend.chatRequests(), (await world.run(['sessions', '--json'])).out]).toEqual([[], '[]\n'])
  })

  test('counts what stands in a folder of --add-dir, and above', async () => {
    const world = await createWorld(text('One.'))
    const added = join(world.work, '../added')
    await mkdir(added)
    await writeFile(join(added, '.claw-policy.json'), '{"denyTools": ["bash"]}')
    await writeFile(join(world.work, '../.claw-policy.json'), '{"deny_tool_prefixes": ["write"]}')
    await world.run(['agent', '--add-dir', '../added', 'Hi'])
    expect(offered(world, 0)).toEqual(['edit_file', 'glob_search', 'grep_search', 'list_dir', 'read_file'])
  })

  test('in the background is under the same policy', async () => {
    const world = await createWorld(text('Done.'))
    await put(world, kind)
    const { code, side } = await world.run(['agent-bg', 'Hi'])
    await world.backend.chatRequest(0)
    await journalHolds(world, 'turn-end')
    expect([code, side, offered(world, 0), asked(world, 0)]).toEqual([
      0,
      expect.stringContaining('Not trusted, so only what tightens counts'),
      expect.not.arrayContaining(['bash']),
      expect.not.stringContaining('French'),
    ])
    await put(world, '{')
    const broken = await world.run(['agent-bg', 'Hi'])
    expect([broken.code, broken.side]).toEqual([2, expect.stringContaining('line 1, is not valid JSON')])
  })

  test('ends at the limit of a manifest with exit code 3', async () => {
    const world = await createWorld(toolCall('list_dir', { path: '.' }), text('No.'))
    await put(world, { budget: { max_model_calls: 1 } })
    const { code, out } = await world.run(['agent', '--json', '--max-model-calls', '5', 'Look.'])
    expect([code, jsonLines(out).at(-1)]).toMatchObject([
      3,
      { reason: 'budget', budget: { limit: 'modelCalls', allowed: 1, used: 1 } },
    ])
  })
})

test('a conversation shows its policy, what is denied, and a broken one between two messages', async () => {
  const world = await createWorld(text('Hello.'), text('Hello again.'))
  await put(world, kind)
  const { screen, type, exit } = startInTerminal(world, ['agent-chat'])
  await screen.seen('Not trusted, so only what tightens counts')
  await screen.seen('> ')
  type('/policy\r')
  await screen.seen('not trusted')
  await screen.seen('✓ Denies')
  await screen.seen('· Says with each message')
  await screen.seen('> ')
  type('/tools\r')
  await screen.seen('bash          denied by the policy')
  await screen.seen('> ')
  type('Hi\r')
  await screen.seen('Hello.')
  await screen.seen('> ')
  await put(world, '{')
  type('Hi\r')
  await screen.seen('line 1, is not valid JSON')
  await screen.seen('> ')
  await put(world, {})
  type('Hi\r')
  await screen.seen('Hello again.')
  await screen.seen('> ')
  type('/exit\r')
  expect(await exit).toBe(0)
})
