import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import { ProfileId, SessionId, TurnId } from '#shared/ids.ts'
import type { ProfileUse, SessionEntry } from '#shared/session/session-entry.ts'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import type { Machine } from './app.ts'

/** A turn of a session that was held before the app starts: a question, calls of `list_dir`, and an answer. */
export interface PastTurn {
  question: string
  answer: string
  /** How many calls came before the answer. */
  calls?: number
  /** What each of them gave back. Default: the names of two files. */
  output?: string
}

export interface PastSession {
  title: string
  turns: readonly PastTurn[]
  /** Default: the machine's project. */
  cwd?: string
  /** Milliseconds since 1970. Default: the beginning of 2026 and a minute more for each session. */
  at?: number
}

type Unstamped<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never

const BEGINNING = Date.UTC(2026, 0, 1)
const MINUTE = 60_000

/** Writes sessions as the app would have left them, in the order of the list, oldest first. */
export async function writePastSessions(machine: Machine, sessions: readonly PastSession[]): Promise<void> {
  const folder = join(machine.home, 'sessions')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const [index, session] of sessions.entries()) {
    const sessionId = SessionId.parse(`past${String(index).padStart(6, '0')}`)
    const at = session.at ?? BEGINNING + index * MINUTE
    const cwd = session.cwd ?? machine.project
    const entries = journalOf(session, sessionId, cwd).map((entry, seq) => JSON.stringify({ ...entry, seq, at }))
    const summary: SessionSummary = {
      sessionId,
      title: session.title,
      cwd,
      state: 'idle',
      note: '',
      profileName: profile.profileName,
      demo: false,
      updatedAt: at,
    }
    await Promise.all([
      writeFile(join(folder, `${sessionId}.jsonl`), `${entries.join('\n')}\n`, { mode: 0o600 }),
      writeFile(join(folder, `${sessionId}.json`), JSON.stringify(summary), { mode: 0o600 }),
    ])
  }
}

const profile: ProfileUse = {
  profileId: ProfileId.parse('environment'),
  profileName: 'Environment',
  kind: 'custom',
  model: 'scripted',
}

function journalOf(session: PastSession, sessionId: SessionId, cwd: string): Unstamped<SessionEntry>[] {
  return [
    {
      type: 'session-start',
      version: 1,
      sessionId,
      cwd,
      systemPrompt: 'You work in a test.',
      profile,
      permissions: defaultSettings.permissions,
    },
    { type: 'title', title: session.title },
    ...session.turns.flatMap((turn, index) => turnEntries(turn, TurnId.parse(`turn${String(index).padStart(6, '0')}`))),
  ]
}

function turnEntries(turn: PastTurn, turnId: TurnId): Unstamped<SessionEntry>[] {
  const calls = Array.from({ length: turn.calls ?? 0 }, (_, index) => ({
    callId: `${turnId}_${index}`,
    name: 'list_dir',
    arguments: '{"path":"."}',
    recovered: false,
  }))
  return [
    { type: 'turn-start', turnId, text: turn.question, facts: '' },
    ...calls.flatMap((call, index): Unstamped<SessionEntry>[] => [
      { type: 'model-call-start', model: 'scripted' },
      { type: 'text-delta', text: `Step ${index + 1}: I look at the folder.` },
      { type: 'model-call-end', finish: 'tool_calls', toolCalls: [call] },
      { type: 'tool-start', ...call, verb: 'List', target: `folder-${index + 1}` },
      {
        type: 'tool-end',
        callId: call.callId,
        outcome: 'done',
        output: turn.output ?? 'a.txt\nb.txt',
        summary: '2 entries',
        durationMs: 1,
      },
    ]),
    { type: 'model-call-start', model: 'scripted' },
    { type: 'text-delta', text: turn.answer },
    { type: 'model-call-end', finish: 'stop', toolCalls: [] },
    { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null },
  ]
}
