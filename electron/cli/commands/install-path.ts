import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { FailureError, failure } from '#shared/failure.ts'
import { speakOfClawAs } from '#shared/lib/claw-command.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { installFlags } from '../command-line/set-up-flags.ts'
import type { Shell } from '../terminal/shell.ts'
import { shortFolder } from '../terminal/words.ts'
import { writeSentence } from '../terminal/write-sentence.ts'

/** What tells a file of ours from another that is named so. */
const MARK = '# Written by claw install-path.'

/** `claw install-path`: a file named claw that starts this program, in a folder that the PATH names. */
export async function installPath(args: readonly string[], shell: Shell): Promise<ExitCode> {
  const { values: flags, positionals } = parseFlags(installFlags, args)
  if (positionals.length > 0) throw new UsageError(`install-path takes no ${positionals[0]}.`)
  const { env, screen, program } = shell
  if (process.platform === 'win32')
    throw new UsageError('On Windows `npm link` in the folder of the program does this.')
  if (!env.HOME) throw new UsageError('HOME is not set, so there is no folder of your own.')
  const onPath = new Set((env.PATH ?? '').split(delimiter))
  const own = [join(env.HOME, '.local', 'bin'), join(env.HOME, 'bin')]
  const folder = own.find((one) => onPath.has(one)) ?? join(env.HOME, '.local', 'bin')
  const path = join(folder, 'claw')
  try {
    if (flags.remove) {
      const removed = (await Promise.all(own.map((one) => removeOwn(join(one, 'claw'))))).some(Boolean)
      writeSentence(
        screen.side,
        removed ? 'claw is off the PATH.' : 'Nothing to remove: install-path has put no claw there.',
      )
      return ExitCode.completed
    }
    const before = await contentOf(path)
    if (before !== null && !before.includes(MARK)) {
      writeSentence(screen.side, `claw: ${shortFolder(path)} is another program. Move it away first.`)
      return ExitCode.failed
    }
    await mkdir(folder, { recursive: true })
    await writeFile(path, starter(program))
    await chmod(path, 0o755)
  } catch (error) {
    throw refused(error, folder)
  }
  speakOfClawAs('claw')
  screen.out.write(`${path}\n`)
  writeSentence(
    screen.side,
    onPath.has(folder)
      ? 'claw can be started from every folder now.'
      : `Now add its folder to the PATH, in the profile of your shell: export PATH="${folder}:$PATH"`,
  )
  return ExitCode.completed
}

/** The Node of today may be gone tomorrow; then the one on the PATH. */
function starter(program: string): string {
  return `#!/bin/sh\n${MARK}\nnode=${quoted(process.execPath)}\n[ -x "$node" ] || node=node\nexec "$node" ${quoted(program)} "$@"\n`
}

async function contentOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

async function removeOwn(path: string): Promise<boolean> {
  if (!(await contentOf(path))?.includes(MARK)) return false
  await rm(path)
  return true
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function refused(error: unknown, folder: string): unknown {
  if (!(error instanceof Error && 'code' in error)) return error
  return new FailureError(failure('storage', `${shortFolder(folder)} cannot be written (${String(error.code)}).`))
}
