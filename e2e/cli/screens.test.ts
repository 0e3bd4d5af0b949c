import { execFile, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { gate, httpError, text, toolCall } from '../../test-support/scripted-backend.ts'
import { runIs, startRun } from './support/registry.ts'
import { startInTerminal } from './support/terminal.ts'
import { createWorld, program, type World } from './support/world.ts'

/** What a command shows in a terminal of such a width, to its end. */
async function shown(world: World, args: readonly string[], columns: number, env: Record<string, string> = {}) {
  const { screen, exit } = startInTerminal(world, args, env, { columns })
  const code = await exit
  return { code, lines: screen.text.replaceAll('\r', '').split('\n').slice(0, -1) }
}

function tooWide(lines: readonly string[], columns: number): string[] {
  return lines.filter((line) => line.length >= columns)
}

/** The commands as the help lists them. */
async function commandNames(world: World): Promise<string[]> {
  const { out } = await world.run(['help'])
  return [...out.matchAll(/^ {2}([a-z-]+) .*/gm)]
    .map(([, name = '']) => name)
    .filter((name) => /^[a-z]/.test(name) && !/^(help|claw)$/.test(name))
}

describe('help', () => {
  test.each([40, 80, 140])(
    'fits a terminal of %i columns, but for examples, which are copied whole',
    async (columns) => {
      const world = await createWorld()
      const names = await commandNames(world)
      const helps = await Promise.all(
        [[], ...names.map((name) => [name])].map((args) => shown(world, ['help', ...args], columns)),
      )
      const prose = helps.flatMap(({ lines }) => lines).filter((line) => !/^ {2}(git diff \| )?claw /.test(line))
      expect(tooWide(prose, columns)).toEqual([])
      expect(helps[0]?.lines).toContain('Usage: claw <command> [flags]')
    },
  )

  test('has its descriptions beside short names, --help as the last flag, and examples', async () => {
    const world = await createWorld()
    const { lines } = await shown(world, ['help'], 80)
    expect(lines.find((line) => line.includes('profiles <action>'))).toMatch(
      /^ {2}profiles <action> +The backends: list/,
    )
    const flags = (await shown(world, ['agent-bg', '--help'], 80)).lines.filter((line) => line.startsWith('  --'))
    expect(flags.map((line) => line.trim().split(' ')[0]).slice(-2)).toEqual(['--json', '--help'])
    const profiles = (await shown(world, ['help', 'profiles'], 80)).lines
    expect(profiles.filter((line) => /^ {2}(set|use) /.test(line))).toEqual([
      '  set <profile> [flags]  change one',
      '  use <profile>          make it the one that a new run gets',
    ])
    expect(profiles).toContain('  claw profiles use box')
  })

  test('a slip is told with what was perhaps meant', async () => {
    const world = await createWorld()
    const sides = await Promise.all(
      [['--verison'], ['sesions'], ['help', 'nope'], ['sessions', '--jsno'], ['--model', 'x'], ['do it now']].map(
        async (args) => (await world.run(args)).side.split('\n')[0],
      ),
    )
    expect(sides).toEqual([
      'claw: There is no flag --verison; perhaps --version was meant.',
      'claw: There is no command "sesions"; perhaps sessions was meant.',
      'claw: There is no command "nope".',
      'claw: There is no flag --jsno; perhaps --json was meant.',
      'claw: --model comes behind a command, such as agent.',
      'claw: There is no command "do it now". For a prompt put agent before it.',
    ])
  })

  test('where claw is on no PATH, what is printed works all the same', async () => {
    const world = await createWorld()
    const root = join(import.meta.dirname, '../..')
    const { out } = await world.run(['help'], { env: { PATH: process.env.PATH } })
    const inside = await world.run(['help'], { env: { PATH: process.env.PATH }, cwd: root })
    expect(out).toContain(`Usage: npm --prefix ${root} run claw -- <command> [flags]`)
    expect(inside.out).toContain('Usage: npm run claw -- <command> [flags]')
  })
})

describe('lists', () => {
  const long = 'Write property tests for the parser of tariffs and explain each of them'

  test('keep state, title and id in a narrow terminal, and say more in a wide one', async () => {
    const world = await createWorld(text('Done.'), text('Done.'))
    await world.run(['agent', long])
    const { runId, sessionId } = await startRun(world, [long])
    await runIs(world, runId, ({ status }) => status === 'completed')
    const [narrow, usual, wide] = await Promise.all([40, 80, 140].map((columns) => shown(world, ['agent-ps'], columns)))
    expect([narrow?.lines[1], usual?.lines[1], wide?.lines[1]]).toEqual([
      `✓  completed  Write proper…  ${runId}`,
      `✓  completed  Write property tests for the parser of …  now  ~/work  ${runId}`,
      `✓  completed  Write property tests for the parser of tariffs and explain…  now  ~/work  scripted  10 in, 5 out  ${runId}`,
    ])
    const lists = [narrow, usual, wide].map((list, index) => tooWide(list?.lines ?? [], [40, 80, 140][index] ?? 0))
    expect(lists).toEqual([[], [], []])
    const sessions = await shown(world, ['sessions'], 80)
    expect(sessions.lines.find((line) => line.endsWith(sessionId))).toMatch(
      /^done +Write property tests .*…? +now +~\/work +\S+$/,
    )
    expect(tooWide(sessions.lines, 80)).toEqual([])
  })

  test('sessions can be bounded, and asked for by their folder', async () => {
    const world = await createWorld(text('1'), text('2'), text('3'))
    for (const prompt of ['One', 'Two', 'Three']) await world.run(['agent', prompt])
    const titles = async (...args: string[]) =>
      (JSON.parse((await world.run(['sessions', '--json', ...args])).out) as { title: string }[]).map(
        ({ title }) => title,
      )
    expect([await titles('--limit', '2'), await titles('--cwd', '.'), await titles('--cwd', '..')]).toEqual([
      ['Three', 'Two'],
      ['Three', 'Two', 'One'],
      [],
    ])
    const bounded = await shown(world, ['sessions', '--limit', '1'], 80)
    expect(bounded.lines.at(-1)).toBe('1 of 3. All of them: claw sessions --limit 3')
  })

  test('a session can be shown, renamed and removed, where somebody says so', async () => {
    const world = await createWorld(toolCall('list_dir', { path: '.' }), text('Nothing is here.'))
    await world.run(['agent', 'What is here?'])
    const list = async () => JSON.parse((await world.run(['sessions', '--json'])).out) as Record<string, string>[]
    const [{ sessionId = '' } = {}] = await list()
    const show = await world.run(['sessions', 'show', sessionId.slice(0, 6)])
    expect(show).toEqual({
      code: 0,
      out: `What is here?\nSession ${sessionId} in ~/work\n\n> What is here?\n✓ List . (empty)\nNothing is here.\nEnvironment, scripted: 20 in, 10 out, cost not known\n`,
      side: '',
    })
    expect((await world.run(['sessions', 'rename', sessionId, 'Look', 'around'])).side).toBe(
      `${sessionId} is now "Look around".\n`,
    )
    expect((await list()).map(({ title }) => title)).toEqual(['Look around'])
    expect(await world.run(['sessions', 'remove', sessionId])).toMatchObject({ code: 4 })
    const asked = startInTerminal(world, ['sessions', 'remove', sessionId])
    await asked.asked('Remove "Look around" for good')
    asked.type('\r')
    await asked.screen.seen('It stays.')
    expect((await world.run(['sessions', 'remove', sessionId, '--yes'])).side).toBe(`Removed ${sessionId}.\n`)
    expect(await list()).toEqual([])
  })

  test('the state of a run that failed is bounded, also where nobody looks', async () => {
    const world = await createWorld(httpError(400, 'x'.repeat(300)))
    const { runId } = await startRun(world, ['Fail.'])
    await runIs(world, runId, ({ status }) => status === 'failed')
    const { out } = await world.run(['agent-ps'])
    expect(out.split('\n')[1]?.indexOf('Fail.')).toBe(42)
  })

  test('a watched list is laid out anew when the terminal changes, and says how to leave', async () => {
    const world = await createWorld(text('Done.', { gate: gate().opened }))
    const { runId } = await startRun(world, [long])
    const { screen, type, resize, exit } = startInTerminal(world, ['agent-ps', '--watch'], {}, { columns: 140 })
    await screen.seen('~/work')
    await screen.seen('Ctrl-C leaves; the runs go on.')
    await resize(50)
    await screen.seen('\x1b[H')
    await screen.seen('Ctrl-C leaves')
    const last = screen.text.split('\x1b[H\x1b[J').at(-1)?.replaceAll('\r', '').split('\n') ?? []
    expect([tooWide(last, 50), last[1]?.includes(runId)]).toEqual([[], true])
    type('\x03')
    expect(await exit).toBe(0)
  })

  test('in a terminal that knows no cursor nothing is redrawn, and signs are ASCII', async () => {
    const world = await createWorld(text('Done.'), text('Two.', { reasoning: 'Hm.' }))
    const { runId } = await startRun(world, ['One.'])
    await runIs(world, runId, ({ status }) => status === 'completed')
    const list = await shown(world, ['agent-ps'], 80, { TERM: 'dumb' })
    const run = await shown(world, ['agent', 'Two.'], 80, { TERM: 'dumb' })
    expect(list.lines[1]).toMatch(/^\+ {2}completed/)
    expect(run.lines).toEqual([
      'Thinking:',
      'Hm.',
      'Two.',
      'Environment, scripted: 10 in, 5 out (about 1 reasoning), cost not known',
    ])
  })
})

describe('output that cannot be written', () => {
  /** Standard output is a device that is always full. */
  async function intoFull(world: World, args: readonly string[]): Promise<{ code: number; side: string }> {
    const words = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ')
    const child = spawn('/bin/sh', ['-c', `${words} > /dev/full`], {
      cwd: world.work,
      env: world.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let side = ''
    child.stderr.on('data', (chunk) => {
      side += chunk
    })
    return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, side })))
  }
  const lost =
    /The output could not be written: there is no space left where it goes\. What was printed is not whole\.\n$/

  test('a lost answer is a failure with its reason', async () => {
    const world = await createWorld(text('Hello.'), text('one two three', { chunks: 3 }))
    expect([await intoFull(world, ['agent', 'Hi']), await intoFull(world, ['agent', '--json', 'Hi'])]).toEqual([
      { code: 1, side: expect.stringMatching(lost) },
      { code: 1, side: expect.stringMatching(lost) },
    ])
  })

  test('a lost list too, also the quick one', async () => {
    const world = await createWorld(text('Done.'))
    const { runId } = await startRun(world, ['One.'])
    await runIs(world, runId, ({ status }) => status === 'completed')
    const lists = [['agent-ps'], ['agent-ps', '--json'], ['sessions'], ['help']]
    expect(await Promise.all(lists.map((args) => intoFull(world, args)))).toEqual(
      lists.map(() => ({ code: 1, side: expect.stringMatching(lost) })),
    )
  })

  test('a reader that has seen enough is no failure', async () => {
    const world = await createWorld()
    const { stdout, stderr } = await promisify(execFile)(
      '/bin/sh',
      ['-c', `'${process.execPath}' '${program}' help agent | head -1; echo "\${PIPESTATUS:-0}"`],
      { cwd: world.work, env: world.env },
    )
    expect([stdout.split('\n')[0], stderr]).toEqual(['Do one thing and end.', ''])
  })
})

describe('claw on the PATH', () => {
  test('is put there, found by a shell, and taken away; another program is left alone', async () => {
    const world = await createWorld()
    const folder = join(world.work, '..')
    const own = join(folder, '.local/bin')
    const env = { PATH: `${own}:${process.env.PATH}` }
    const installed = await world.run(['install-path'], { env })
    expect(installed).toEqual({
      code: 0,
      out: `${join(own, 'claw')}\n`,
      side: 'claw can be started from every folder now.\n',
    })
    const { stdout } = await promisify(execFile)('claw', ['--version'], { env: { ...world.env, ...env }, cwd: folder })
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await world.run(['install-path', '--remove'], { env })).side).toBe('claw is off the PATH.\n')
    await writeFile(join(own, 'claw'), 'another')
    const refused = await world.run(['install-path'], { env })
    expect([refused.code, refused.side, await readFile(join(own, 'claw'), 'utf8')]).toEqual([
      1,
      'claw: ~/.local/bin/claw is another program. Move it away first.\n',
      'another',
    ])
    expect((await world.run(['install-path', '--remove'], { env })).side).toContain('Nothing to remove')
  })

  test('bash completes commands, actions and flags from the tables they are read with', async () => {
    const world = await createWorld()
    const { out } = await world.run(['completion', 'bash'])
    await writeFile(join(world.work, 'claw.bash'), out)
    const complete = async (...words: string[]) => {
      const list = words.map((word) => `'${word}'`).join(' ')
      const script = `source ./claw.bash; COMP_WORDS=(claw ${list}); COMP_CWORD=${words.length}; _claw; printf '%s ' "\${COMPREPLY[@]}"`
      const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script], { cwd: world.work })
      return stdout.trim()
    }
    expect([
      await complete('agent-'),
      await complete('profiles', 're'),
      await complete('agent', '--allow'),
      await complete('agent', '--cwd', 'cl'),
      await complete('agent', '--model', ''),
    ]).toEqual([
      'agent-chat agent-resume agent-bg agent-ps agent-logs agent-attach agent-kill',
      'remove',
      '--allow-write --allow-shell',
      'claw.bash',
      '',
    ])
  })

  test.each(['zsh', 'fish'])('%s gets every command and flag', async (shell) => {
    const world = await createWorld()
    const { out } = await world.run(['completion', shell])
    const commands = await commandNames(world)
    const helps = await Promise.all(commands.map(async (name) => (await world.run(['help', name])).out))
    const flags = helps.flatMap((help) => [...help.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name = '']) => name))
    const names = [...commands, ...new Set(flags)].filter((name) => name !== 'version')
    expect(names.length).toBeGreaterThan(70)
    expect(names.filter((name) => !out.includes(name))).toEqual([])
  })
})

test('what a conversation prints of its budget is plain text', async () => {
  const world = await createWorld(toolCall('list_dir', { path: '.' }), text('Done.'))
  await world.run(['budget', 'set', 'day', 'total-tokens', '10000'])
  const { screen, type, exit } = startInTerminal(world, ['agent-chat', 'Look.'], { NO_COLOR: '' })
  await screen.seen('Done.')
  await screen.seen('\x1b[3G')
  type('/budget\r')
  await screen.seen('a day')
  await screen.seen('\x1b[3G')
  type('/exit\r')
  expect([await exit, screen.text.includes('␛')]).toEqual([0, false])
})

test('CSV in a terminal holds no codes of a model that is named so, and a file holds its bytes', async () => {
  const world = await createWorld(text('Done.'))
  const named = 'm\x1b[31m'
  await world.run(['agent', 'Hi', '--model', named])
  const { out } = await world.run(['budget', '--csv'])
  const { lines } = await shown(world, ['budget', '--csv'], 400)
  expect([out.includes(named), lines.join('').includes('\x1b'), lines.join('').includes('m␛[31m')]).toEqual([
    true,
    false,
    true,
  ])
})
