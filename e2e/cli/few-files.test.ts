import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { text, toolCall } from '../../test-support/scripted-backend.ts'
import { createWorld, jsonLines, program } from './support/world.ts'

/** So many files may be open at once; with fewer Node itself does not start. */
test.each([20, 21, 22, 23, 24, 26])(
  'with %i open files at the most a run ends in words, and is told to its end',
  async (limit) => {
    const world = await createWorld(
      toolCall('bash', { command: 'echo hi' }, { id: 'c1' }),
      toolCall('grep_search', { pattern: 'alpha' }, { id: 'c2' }),
      text('Done.'),
    )
    await writeFile(join(world.work, 'a.txt'), 'alpha\n')
    const line = 'ulimit -n "$0" && exec "$@"'
    const child = spawn(
      'sh',
      ['-c', line, String(limit), process.execPath, program, 'agent', '--json', '--allow-shell', 'Go.'],
      {
        cwd: world.work,
        env: world.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let out = ''
    let side = ''
    child.stdout.on('data', (part) => {
      out += part
    })
    child.stderr.on('data', (part) => {
      side += part
    })
    await new Promise((resolve) => child.once('close', resolve))
    const lines = jsonLines(out)
    expect([lines.at(-1)?.type, side]).toEqual(['run-end', ''])
    const said = JSON.stringify(lines)
    expect(said).not.toMatch(/failed unexpectedly|of undefined|Unhandled/)
  },
)
