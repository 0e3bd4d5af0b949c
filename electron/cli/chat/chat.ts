import { resolve } from 'node:path'
import { FailureError } from '#shared/failure.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import { ExitCode, exitCodeOfEnd } from '#shared/session/exit-code.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { Engine, Session } from '../../engine/engine.ts'
import { permissionsOf, type RunFlags } from '../command-line/run-flags.ts'
import { settleFolderTrust } from '../run/folder-trust.ts'
import { addedFolders, type Choice, sessionOptions } from '../run/open-engine.ts'
import { runTurn, type Stage } from '../run/run-turn.ts'
import { standInHint } from '../run/stand-in.ts'
import type { Shell } from '../terminal/shell.ts'
import type { MessageInput } from './message-input.ts'
import { type ChatControls, runSlashCommand } from './slash-commands.ts'

export interface ChatOptions {
  engine: Engine
  shell: Shell
  flags: RunFlags
  send: SendOptions
  stage: Stage
  choice: Choice
  /** null = a new one with the first message. */
  session: Session | null
}

/** One conversation at the terminal. Its session begins with the first message, so that looking around leaves nothing. */
export class Chat implements ChatControls {
  readonly engine: Engine
  readonly shell: Shell
  readonly stage: Stage
  readonly #flags: RunFlags
  readonly #send: SendOptions
  choice: Choice
  permissions: Permissions
  session: Session | null

  constructor({ engine, shell, flags, send, stage, choice, session }: ChatOptions) {
    this.engine = engine
    this.shell = shell
    this.stage = stage
    this.#flags = flags
    this.#send = send
    this.choice = choice
    this.permissions = session?.view().permissions ?? permissionsOf(flags)
    this.session = session
  }

  /** Runs messages until there are no more; the exit code is that of the last one. */
  async run(first: string, input: MessageInput): Promise<ExitCode> {
    let exitCode: ExitCode = ExitCode.completed
    if (first && this.shell.interactive) {
      this.stage.reporter.note(`> ${first}`)
      input.remember(first)
    }
    let text: string | null = first || (await input.next())
    for (; text !== null; text = await input.next()) {
      const message = text.trim()
      const command = /^\/([a-z]+)(?:\s+(.*))?$/.exec(message)
      if (command) {
        if ((await this.#guarded(() => runSlashCommand(this, command[1] ?? '', command[2]?.trim() ?? ''))) === 'exit')
          break
      } else if (message) {
        exitCode = (await this.#guarded(() => this.#message(message))) ?? ExitCode.failed
      }
    }
    return exitCode
  }

  /** Where a new session works. */
  folder(): string {
    return resolve(this.shell.cwd, this.#flags.cwd ?? '.')
  }

  /** Asks once whether the instructions of its folder count. */
  async settleTrust(): Promise<void> {
    const { reporter, questions } = this.stage
    const options = { flags: this.#flags, canAsk: this.shell.interactive && questions !== null, tell: reporter.note }
    await settleFolderTrust(this.engine, this.session?.view().cwd ?? this.folder(), this.shell, options)
  }

  /** Where the session works, and the folders added to it. `FailureError` `invalid-input`: one of them is not there. */
  async folders(): Promise<[string, string[]]> {
    return [this.session?.view().cwd ?? this.folder(), await addedFolders(this.#flags, this.shell)]
  }

  /** Gives the session up; the next message begins a new one. */
  async clear(): Promise<void> {
    if (this.session) await this.engine.sessions.release(this.session.id)
    this.session = null
  }

  /** Chooses the profile that answers from here on. `FailureError` if it cannot. */
  async choose(choice: Choice): Promise<void> {
    await this.session?.request('setProfile', { profileId: choice.profileId, overrides: choice.overrides })
    this.choice = choice
  }

  async allow(permissions: Permissions): Promise<void> {
    await this.session?.request('setPermissions', { permissions })
    this.permissions = permissions
  }

  async #message(text: string): Promise<ExitCode> {
    const canAnswer = this.stage.questions !== null
    this.session ??= await this.engine.sessions.create({
      ...(await sessionOptions(this.#flags, this.shell, this.choice, canAnswer)),
      permissions: this.permissions,
    })
    const end = await runTurn(this.session, text, this.#send, this.stage)
    const hint = standInHint(this.engine, this.session, end, true)
    if (hint) this.stage.reporter.note(hint)
    return exitCodeOfEnd(end)
  }

  /** A message or command that fails does not end the conversation. */
  async #guarded<Result>(action: () => Promise<Result>): Promise<Result | null> {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      this.stage.reporter.refuse(error.failure)
      return null
    }
  }
}
