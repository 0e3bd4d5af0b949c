import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { text } from '../../test-support/scripted-backend.ts'
import { journalHolds } from './support/journal.ts'
import { processGone, runIs, startRun } from './support/registry.ts'
import { startInTerminal } from './support/terminal.ts'
import { createWorld, jsonLines, type World } from './support/world.ts'

const RULES = 'Use tabs, and answer in French.\n'
const put = async (world: World, content = RULES, name = 'AGENTS.md') => {
  const path = join(world.work, name)
  await writeFile(path, content)
  return path
}
const asked = (world: World, index: number) => String(world.backend.chatRequests()[index]?.messages.at(-1)?.content)
/** What is said beside the answer, but for what it cost. */
const notes = ({ side }: { side: string }) => side.replace(/^Environment, scripted: .*\n/m, '')
const sessionsOf = async (world: World) =>
  JSON.parse((await world.run(['sessions', '--json'])).out) as { sessionId: string }[]
const UNTRUSTED = 'There, but the user has not trusted this folder, so it does not count: AGENTS.md'
const said = (rules: string) =>
  new RegExp(`\\n<(instructions-[0-9a-f]{8})>\\n[^\\n]+\\n\\[AGENTS\\.md\\]\\n${rules.trim()}\\n</\\1>\\n`)

describe('a run', () => {
  test('sends the same bytes but for the instructions where there is a file, and without one none of them', async () => {
    const world = await createWorld(text('One.'), text('Two.'))
    await world.run(['agent', 'Hi'])
    await put(world)
    await world.run(['agent', 'Hi', '--trust-folder'])
    const [without, withFile] = world.backend.chatRequests()
    expect(JSON.stringify(without?.body)).not.toMatch(/<instructions|AGENTS/)
    expect(withFile?.body.tools).toEqual(without?.body.tools)
    expect(withFile?.messages[0]).toEqual(without?.messages[0])
    expect(asked(world, 1)).toMatch(said(RULES))
    expect(asked(world, 1).replace(/\n<instructions-[\s\S]*<\/instructions-\w+>\n/, '')).toBe(asked(world, 0))
  })

  test('in a folder that is not trusted says so in a line, and the model hears nothing of the file but its name', async () => {
    const world = await createWorld(text('One.'), text('Two.'))
    await put(world)
    const plain = await world.run(['agent', 'Hi'])
    expect([plain.code, plain.out, notes(plain)]).toEqual([
      0,
      'One.\n',
      'Not trusted, so it does not count: ~/work/AGENTS.md. `claw trust` or --trust-folder lets it count.\n',
    ])
    const json = await world.run(['agent', '--json', 'Hi'])
    expect([json.code, jsonLines(json.out).at(-1)?.type]).toEqual([0, 'run-end'])
    expect(asked(world, 0)).toContain(UNTRUSTED)
    expect(JSON.stringify(world.backend.chatRequests())).not.toContain('French')
  })

  test('with --trust-folder keeps the yes, uses a changed file and names it once', async () => {
    const world = await createWorld(text('One.'), text('Two.'), text('Three.'), text('Four.'))
    const path = await put(world)
    expect(notes(await world.run(['agent', 'Hi', '--trust-folder']))).toBe('')
    expect(notes(await world.run(['agent', 'Hi']))).toBe('')
    await put(world, 'Use spaces.\n')
    const { out } = await world.run(['agent', '--json', 'Hi'])
    expect(jsonLines(out).filter(({ type }) => type === 'warning')).toMatchObject([
      {
        code: 'instructions-changed',
        message: `${path} changed since it was used last in this folder. It counts as it is now.`,
      },
    ])
    expect(notes(await world.run(['agent', 'Hi']))).toBe('')
    expect([0, 1, 2, 3].map((index) => asked(world, index))).toEqual([
      ...[RULES, RULES].map((rules) => expect.stringMatching(said(rules))),
      ...['Use spaces.', 'Use spaces.'].map((rules) => expect.stringMatching(said(rules))),
    ])
  })

  test('that goes on hears them again only when they changed', async () => {
    const world = await createWorld(text('One.'), text('Two.'), text('Three.'))
    await put(world)
    await world.run(['agent', 'Hi', '--trust-folder'])
    const [{ sessionId } = { sessionId: '' }] = await sessionsOf(world)
    await world.run(['agent-resume', sessionId, 'Go on'])
    await put(world, 'Use spaces.\n')
    await world.run(['agent-resume', sessionId, 'And again'])
    expect([asked(world, 1), asked(world, 2)]).toEqual(['Go on', expect.stringContaining('\nUse spaces.\n')])
    const [first, , third] = world.backend.chatRequests()
    expect(third?.messages.slice(0, 2)).toEqual(first?.messages)
  })

  test('in the background follows the same trust', async () => {
    const world = await createWorld(text('One.'), text('Two.'), text('Three.'))
    await put(world)
    const { side } = await world.run(['agent-bg', 'Hi'])
    await world.backend.chatRequest(0)
    await journalHolds(world, 'turn-end')
    expect([side, asked(world, 0)]).toEqual([
      expect.stringContaining('Not trusted, so it does not count'),
      expect.stringContaining(UNTRUSTED),
    ])
    const { runId, sessionId } = await startRun(world, ['Hi', '--trust-folder', '--same-folder'])
    const { worker } = await runIs(world, runId, ({ status }) => status === 'completed')
    await processGone(worker.pid)
    expect(asked(world, 1)).toMatch(said(RULES))
    await put(world, 'Use spaces.\n')
    expect((await world.run(['agent-resume', sessionId, 'Go on', '--bg'])).code).toBe(0)
    await world.backend.chatRequest(2)
    expect(asked(world, 2)).toContain('[AGENTS.md]\nUse spaces.\n')
  })

  test('asks at a terminal once, and the yes counts in all of the repository', async () => {
    const world = await createWorld(text('One.'), text('Two.'))
    await put(world)
    await mkdir(join(world.work, '.git'))
    await mkdir(join(world.work, 'inner'))
    const first = startInTerminal(world, ['agent', 'Hi'])
    await first.asked('AGENTS.md tells the agent how to work. Trust ~/work, so that it counts? [y/N]')
    first.type('y\r')
    await first.screen.seen('One.')
    await first.exit
    const inner = await world.run(['agent', 'Hi'], { cwd: join(world.work, 'inner') })
    expect([notes(inner), asked(world, 0), asked(world, 1)]).toEqual([
      '',
      expect.stringMatching(said(RULES)),
      expect.stringContaining(`AGENTS.md]\n${RULES}`),
    ])
  })

  test('in a conversation asks before its first message, and a no is kept', async () => {
    const world = await createWorld(text('One.'))
    await put(world)
    const chat = startInTerminal(world, ['agent-chat'])
    await chat.asked('Trust ~/work, so that it counts? [y/N]')
    chat.type('\r')
    await chat.screen.seen('> ')
    chat.type('Hi\r')
    await chat.screen.seen('One.')
    await chat.screen.seen('cost not known')
    await chat.screen.seen('> ')
    chat.type('/exit\r')
    await chat.exit
    expect(asked(world, 0)).toContain(UNTRUSTED)
    expect((await world.run(['trust', '--show'])).out).toContain('AGENTS.md  not trusted, as you decided  32 bytes')
  })

  test('reads the own file of the person without any trust', async () => {
    const world = await createWorld(text('One.'))
    await mkdir(world.home, { recursive: true })
    await writeFile(join(world.home, 'AGENTS.md'), 'Be kind.\n')
    const run = await world.run(['agent', 'Hi'])
    expect([notes(run), asked(world, 0)]).toEqual(['', expect.stringContaining("[the user's own file]\nBe kind.\n")])
  })
})

describe('claw trust', () => {
  test('lists the files for a program, lets them count and takes it back', async () => {
    const world = await createWorld()
    const path = await put(world)
    const file = { path, sha256: createHash('sha256').update(RULES).digest('hex'), bytes: 32 }
    const seen: unknown[] = []
    for (const args of [['--show'], ['--yes'], ['--show'], ['--revoke']]) {
      const { code, out } = await world.run(['trust', ...args, '--json'])
      const { instructions } = JSON.parse(out) as { instructions: unknown }
      seen.push([code, instructions])
    }
    const view = (trust: string, counts: boolean) => [
      0,
      {
        ...{ folder: world.work, trust, nested: [] },
        files: [{ ...file, trusted: counts, used: counts, changed: false, problem: null }],
      },
    ]
    const [no, yes] = [view('untrusted', false), view('trusted', true)]
    expect(seen).toEqual([no, yes, yes, no])
    expect(JSON.parse(await readFile(join(world.home, 'trust.json'), 'utf8'))).toEqual({
      version: 1,
      files: {},
      folders: {},
    })
  })

  test('shows them to a person, and where nobody can answer trusts nothing', async () => {
    const world = await createWorld()
    await put(world)
    const shown = await world.run(['trust', '--show'])
    expect(shown.out.split('\n').slice(1)).toEqual(['~/work/AGENTS.md  not trusted  32 bytes', ''])
    expect((await world.run(['trust'])).code).toBe(4)
    const { side } = await world.run(['trust', '--yes'])
    expect(side).toBe('The instructions of ~/work count, also when they change.\n')
    await put(world, 'Other.\n@../out.md\n')
    expect((await world.run(['trust', '--show'])).out.split('\n').slice(1)).toEqual([
      '~/work/AGENTS.md  trusted: changed since it was used last  18 bytes',
      '  – @../out.md leads out of the folder',
      '',
    ])
  })
})
