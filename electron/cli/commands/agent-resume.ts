import { resolve } from 'node:path'
import { FailureError, failure } from '#shared/failure.ts'
import type { SessionId } from '#shared/ids.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'
import { counted } from '#shared/lib/counted.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import { ExitCode, exitCodeOfEnd } from '#shared/session/exit-code.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import { sessionState } from '#shared/session/session-state.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { type Engine, heldBy, type Session, unfinishedTurn } from '../../engine/engine.ts'
import { openChat } from '../chat/open-chat.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { overridesOf, permissionsOf, type RunFlags, resumeFlags, sendOptionsOf } from '../command-line/run-flags.ts'
import { settleFolderTrust } from '../run/folder-trust.ts'
import { addedFolders, type Choice, chooseBackend, parentRunOf } from '../run/open-engine.ts'
import { policyNote } from '../run/policy-note.ts'
import { readPrompt } from '../run/read-prompt.ts'
import { createChatReporter, createReporter } from '../run/reporter.ts'
import { resumeTurn, runTurn } from '../run/run-turn.ts'
import { standInHint } from '../run/stand-in.ts'
import { tellStarted } from '../run/tell-started.ts'
import { withEngine } from '../run/with-engine.ts'
import type { Shell } from '../terminal/shell.ts'
import { ageWords, shortFolder } from '../terminal/words.ts'

/** Goes on with a session: with a prompt it runs it, without one it is a conversation, or the cut turn goes on. */
export async function agentResume(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(resumeFlags, args)
  const [prefix, ...words] = positionals
  if (!prefix)
    throw new UsageError(`agent-resume needs the id of a session; \`${clawCommand('sessions')}\` lists them.`)
  const reporter = createReporter(shell.screen, flags.json === true)
  const canAnswer = shell.interactive && !flags.json
  const send = await sendOptionsOf(flags, parentRunOf(shell.env))
  const prompt = await readPrompt(words, reporter.note)
  return withEngine(shell, flags, reporter, async (engine) => {
    const id = await sessionOf(engine, prefix)
    const holder = await engine.runs.holderOf(id)
    if (holder) throw new FailureError(heldBy(holder))
    if (flags.cwd !== undefined) await engine.sessions.setFolder(id, resolve(shell.cwd, flags.cwd))
    if (flags.bg) return goOnInBackground(engine, id, prompt, send, flags, shell, reporter.note)
    const added = await addedFolders(flags, shell)
    const session = await engine.sessions.open(id, { canAnswer, addedFolders: added })
    reporter.note(standing(session.view()))
    const note = await policyNote(engine, [session.view().cwd, added], shell)
    if (note) reporter.note(note)
    await settleFolderTrust(engine, session.view().cwd, shell, { flags, canAsk: canAnswer, tell: reporter.note })
    const choice = await applyFlags(session, engine, flags, shell, canAnswer)
    const questions = canAnswer ? shell.screen.side : null
    if (!prompt && shell.interactive) {
      const chatStage = { reporter: createChatReporter(shell.screen, flags.json === true), questions }
      return openChat({ engine, shell, flags, send, stage: chatStage, choice, session }, '')
    }
    const stage = { reporter, questions }
    if (!prompt) mustBeUnfinished(session.view())
    const end = prompt ? await runTurn(session, prompt, send, stage) : await resumeTurn(session, send, stage)
    const hint = standInHint(engine, session, end, false)
    if (hint) reporter.note(hint)
    return exitCodeOfEnd(end)
  })
}

/** A session by the beginning of its id, or by that of a run that it had. */
async function sessionOf(engine: Engine, prefix: string): Promise<SessionId> {
  try {
    return await engine.sessions.find(prefix)
  } catch (error) {
    const unknown = error instanceof FailureError && error.failure.code === 'not-found'
    // Neither a session nor a run: told as the session that it is not.
    const run = unknown ? await engine.runs.find(prefix).catch(() => null) : null
    if (run) return run.run.sessionId
    throw error
  }
}

async function goOnInBackground(
  engine: Engine,
  id: SessionId,
  prompt: string,
  send: SendOptions,
  flags: RunFlags,
  shell: Shell,
  tell: (note: string) => void,
): Promise<ExitCode> {
  const view = await engine.sessions.peek(id)
  const canAsk = shell.interactive && !flags.json
  const { profileId, overrides } = await choiceOf(view, engine, flags, shell, canAsk)
  const permissions = allowed(permissionsOf(flags), view.permissions)
  const changes = { profileId, overrides, permissions, send, addedFolders: await addedFolders(flags, shell) }
  if (!prompt) mustBeUnfinished(view)
  await settleFolderTrust(engine, view.cwd, shell, { flags, canAsk, tell })
  const { runId } = await engine.background.resume(id, prompt, changes)
  tellStarted(shell.screen, { runId, sessionId: id }, flags.json === true)
  return ExitCode.completed
}

/** Where nobody can type, a turn that did not come to its end goes on by itself. `UsageError`: it did. */
function mustBeUnfinished(view: SessionView): void {
  try {
    unfinishedTurn(view)
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    throw new UsageError('The last turn of this session is complete: agent-resume needs a prompt to go on with.')
  }
}

/**
 * Makes the session answer with what the flags say: its own backend answers, unless a flag names another or it is gone, and
 * the session may do no more than this run says.
 */
async function applyFlags(
  session: Session,
  engine: Engine,
  flags: RunFlags,
  shell: Shell,
  canAsk: boolean,
): Promise<Choice> {
  const { profile, permissions } = session.view()
  const choice = await choiceOf(session.view(), engine, flags, shell, canAsk)
  const isOther = choice.profileId !== profile.profileId || flags['base-url'] !== undefined
  if (isOther || Object.keys(overridesOf(flags)).length > 0)
    await session.request('setProfile', { profileId: choice.profileId, overrides: choice.overrides })
  await session.request('setPermissions', { permissions: allowed(permissionsOf(flags), permissions) })
  return choice
}

async function choiceOf(
  { profile }: SessionView,
  engine: Engine,
  flags: RunFlags,
  shell: Shell,
  canAsk: boolean,
): Promise<Choice> {
  if (flags.profile !== undefined || flags['base-url'] !== undefined)
    return await chooseBackend(engine, flags, shell, canAsk)
  const own = engine.profiles.get(profile.profileId)
  // What was said so far goes to no other server unless somebody says so.
  if (!own) throw new FailureError(failure('invalid-input', goneWords(profile.profileName)))
  return { profileId: own.id, overrides: { model: profile.model, ...overridesOf(flags) } }
}

function goneWords(name: string): string {
  return `The backend of this session, ${name}, is not there any more. Say which one goes on with it: --profile or --base-url.`
}

/** What a flag allows; otherwise what the session had, but nothing without asking. */
function allowed(flags: Permissions, before: Permissions): Permissions {
  const of = (key: 'write' | 'shell') =>
    flags[key] === 'allow' ? 'allow' : before[key] === 'deny' ? 'deny' : flags[key]
  return { write: of('write'), shell: of('shell'), sandbox: flags.sandbox }
}

/** Where it stands, in one or two lines. */
function standing(view: SessionView): string {
  const turns = counted(view.turns.length, 'message')
  const age = ageWords(Date.now() - view.updatedAt)
  const ago = age === 'now' ? 'just now' : `${age} ago`
  const state = {
    idle: `It ended ${ago}.`,
    running: 'It runs.',
    queued: 'It waits for its turn at the server.',
    waiting: 'It waits for an answer.',
    stopped: `Its last turn was stopped ${ago}.`,
    interrupted: 'Its last turn was interrupted and can go on.',
    failed: `Its last turn failed ${ago}.`,
    budget: `Its last turn reached a limit ${ago}.`,
  }[sessionState(view)]
  return `Session ${view.sessionId} "${view.title}" in ${shortFolder(view.cwd)}, ${turns}. ${state}`
}
