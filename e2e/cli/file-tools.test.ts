import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type ScriptStep, text, toolCall } from '../../test-support/scripted-backend.ts'
import { processGone } from './support/registry.ts'
import { createWorld, type World } from './support/world.ts'

const run = promisify(execFile)

/** What the model was told of each call, once it has been asked for the last time. */
function results({ backend }: World): string[] {
  const messages = backend.chatRequests().at(-1)?.messages ?? []
  return messages.flatMap(({ role, content }) => (role === 'tool' ? [String(content)] : []))
}

async function worldWith(files: Record<string, string | Buffer>, ...script: ScriptStep[]): Promise<World> {
  const world = await createWorld(...script)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(world.work, path)), { recursive: true })
    await writeFile(join(world.work, path), content)
  }
  return world
}

const allowed = ['agent', '--json', '--allow-write', '--allow-shell', 'Go.']

describe('what the model is told of a file', () => {
  test('never holds half a character', async () => {
    const world = await worldWith(
      { 'notes.md': `${'x'.repeat(1999)}\u{1F600} and more\n`, 'one.js': `${'y'.repeat(160)}\u{1F600}`.repeat(900) },
      toolCall('read_file', { path: 'notes.md' }),
      toolCall('grep_search', { pattern: 'y+' }),
      toolCall('edit_file', { path: 'one.js', old_text: `${'y'.repeat(50)}z`, new_text: 'x' }),
      text('Done.'),
    )
    await world.run(allowed)
    expect(results(world).filter((result) => /\p{Surrogate}/u.test(result) || result.includes('\uFFFD'))).toEqual([])
    expect(results(world)).toHaveLength(3)
  })

  test('that is one long line is short, and so is what the journal keeps of a change in it', async () => {
    const line = `!function(){var ${Array.from({ length: 180_000 }, (_, index) => `a${index}=${index}`).join(',')}}();`
    const world = await worldWith(
      { 'app.min.js': line },
      toolCall('edit_file', { path: 'app.min.js', old_text: `${line.slice(0, 300)}NOT`, new_text: 'x' }),
      toolCall('edit_file', { path: 'app.min.js', old_text: 'a500=500', new_text: 'a500=501' }),
      text('Done.'),
    )
    const { out } = await world.run(allowed)
    const sessions = join(world.home, 'sessions')
    const journals = (await readdir(sessions)).filter((name) => name.endsWith('.jsonl'))
    const sizes = await Promise.all(journals.map(async (name) => (await stat(join(sessions, name))).size))
    expect(results(world)[0]).toMatch(
      /^Error: old_text is not in app\.min\.js; nothing was changed\. The closest is line 1:/,
    )
    expect(Math.max(results(world)[0]?.length ?? 0, out.length / 10, ...sizes.map((size) => size / 10))).toBeLessThan(
      2000,
    )
    expect(await readFile(join(world.work, 'app.min.js'), 'utf8')).toBe(line.replace('a500=500', 'a500=501'))
  })

  test('and a pipe among them is not waited for', async () => {
    const world = await worldWith({}, toolCall('grep_search', { pattern: 'x', path: 'pipe' }), text('Done.'))
    await run('mkfifo', [join(world.work, 'pipe')])
    await world.run(allowed)
    expect(results(world)).toEqual(['Error: pipe is not a regular file.'])
  })
})

describe('a whole file', () => {
  const write = toolCall('write_file', { path: 'a.txt', content: 'new\n' })
  const read = toolCall('read_file', { path: 'a.txt' })

  test('that was not read is not replaced where nobody sees the change, and the model is told what to do', async () => {
    const world = await worldWith({ 'a.txt': 'one\n' }, write, read, write, text('Done.'))
    await world.run(allowed)
    expect(results(world)).toEqual([
      expect.stringContaining('a.txt exists and you have not read it'),
      'one',
      'Replaced a.txt: +1 −1.',
    ])
  })

  test('that changed since it was read is not replaced, whoever changed it', async () => {
    const world = await worldWith(
      { 'a.txt': 'one\n' },
      read,
      toolCall('bash', { command: 'echo by hand >> a.txt' }),
      write,
      read,
      write,
      toolCall('write_file', { path: 'a.txt', content: 'newer\n' }),
      text('Done.'),
    )
    await world.run(allowed)
    expect(results(world)).toEqual([
      'one',
      '(no output)',
      expect.stringContaining('a.txt was changed since you last saw it'),
      'one\nby hand',
      'Replaced a.txt: +1 −2.',
      'Replaced a.txt: +1 −1.',
    ])
  })

  test('is known after a restart as it was before, and no better', async () => {
    const world = await worldWith({ 'a.txt': 'one\n', 'b.txt': 'one\n' }, read, text('Read.'))
    const { out } = await world.run(allowed)
    const sessionId = /"sessionId":"(\w+)"/.exec(out)?.[1] ?? ''
    world.backend.script(write, toolCall('write_file', { path: 'b.txt', content: 'new\n' }), text('Done.'))
    await world.run(['agent-resume', '--json', '--allow-write', sessionId, 'Go on.'])
    expect(results(world)).toEqual([
      'one',
      'Replaced a.txt: +1 −1.',
      expect.stringContaining('b.txt exists and you have not read it'),
    ])
  })
})

test('arguments that can be read in one way only are read so, and names of tools as well', async () => {
  const variants = [
    ['read_file', '{"path":"a.txt"}{"path":"a.txt"}'],
    ['read_file', '{}{"path":"a.txt"}'],
    ['read_file', '{"path":"a.txt",}'],
    ['read_file', '```json\n{"path":"a.txt"}\n```'],
    ['read_file', '{"path":"a.txt"}</tool_call>'],
    ['read_file', '{"path":"a.txt\n"}'],
    ['functions.read_file', '{"path":"a.txt"}'],
    ['Read_File', '{"file_path":"a.txt"}'],
  ] as const
  const world = await worldWith(
    { 'a.txt': 'hello\n' },
    ...variants.map(([name, args]) => toolCall(name, args)),
    toolCall('read_file', '{"path":a.txt}'),
    text('Done.'),
  )
  await world.run(allowed)
  expect(results(world)).toEqual([
    ...variants.map(() => 'hello'),
    expect.stringContaining('Error: The arguments are not valid JSON: Unexpected token'),
  ])
})

test('a search does not outlive a program that is killed', async () => {
  const world = await worldWith({ 'endless.txt': '' }, toolCall('grep_search', { pattern: 'x', path: 'endless.txt' }))
  // To read so much takes hours.
  await truncate(join(world.work, 'endless.txt'), 2 ** 43)
  const { child, out, exit } = world.start(allowed)
  await out.seen('"name":"grep_search"')
  const search = await descendant(child.pid ?? 0, 'rg')
  child.kill('SIGKILL')
  await exit
  await processGone(search)
})

/** The process of that name among those that a process started, once it is there. */
async function descendant(pid: number, name: string): Promise<number> {
  for (;;) {
    const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,comm='])
    const all = stdout.split('\n').map((line) => line.trim().split(/\s+/))
    const below = new Set([String(pid)])
    for (let size = 0; size < below.size; ) {
      size = below.size
      for (const [child = '', parent = ''] of all) if (below.has(parent)) below.add(child)
    }
    const found = all.find(([child = '', , command]) => below.has(child) && command === name)
    if (found) return Number(found[0])
  }
}
