import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ApprovalAnswer, ApprovalRequest } from '#shared/approval/approval.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import { temporaryWorkspace, textOf } from '../../../test-support/tool-calls.ts'
import { noPolicy } from '../policy/policy.ts'
import type { Tool } from '../tools/contract/tool.ts'
import type { Workspace } from '../tools/contract/workspace.ts'
import { editFileTool } from '../tools/files/edit-file.ts'
import { writeFileTool } from '../tools/files/write-file.ts'
import { createBashTool } from '../tools/shell/bash.ts'
import { carryOut } from './carry-out.ts'
import { Conversation } from './conversation.ts'
import type { QuestionOutcome } from './turn.ts'

const ASK: Permissions = { write: 'ask', shell: 'ask', sandbox: false }
const ALLOW_ONCE: ApprovalAnswer = { decision: 'allow-once' }
const ALLOWED: QuestionOutcome = { kind: 'answered', answer: ALLOW_ONCE }

interface Setting {
  workspace: Workspace
  /** Given one after the other; each may do something first. */
  answers?: ((request: ApprovalRequest) => Promise<QuestionOutcome>)[] | null
  sessionRules?: Set<string>
  permissions?: () => Permissions
}

async function carry(
  tool: Tool,
  input: unknown,
  { workspace, answers = [], permissions = () => ASK, sessionRules = new Set() }: Setting,
) {
  const events: UnstampedEvent[] = []
  const questions: ApprovalRequest[] = []
  const outcome = await carryOut(
    {
      permissions,
      policy: noPolicy,
      sessionRules,
      toolContext: { workspace },
      conversation: new Conversation(),
      answerMs: () => null,
      ask:
        answers &&
        (async (request) => {
          questions.push(request)
          const answer = answers.shift()
          if (!answer) throw new Error('Nobody answers that often.')
          return await answer(request)
        }),
      emit: (event) => events.push(event),
      now: () => 0,
      elapsed: () => 0,
      persisted: () => Promise.resolve(),
      signal: new AbortController().signal,
    },
    tool,
    input,
    { callId: 'a', name: tool.name, arguments: '', recovered: false },
  )
  const asked = questions.map(({ subject, facts }) => ({
    lines:
      subject.kind === 'change'
        ? subject.diff.hunks.flatMap(({ lines }) => lines.map(({ sign, text }) => sign + text))
        : [subject.command],
    facts: facts.map(({ name }) => name),
  }))
  return { outcome, asked, answered: events.filter(({ type }) => type === 'approval-answer') }
}

const saves = (workspace: Workspace, path: string, text: string) => async () => {
  await writeFile(join(workspace.root, path), text)
  return ALLOWED
}
const allows = () => Promise.resolve(ALLOWED)

test('what is so already is asked of nobody', async () => {
  const workspace = await temporaryWorkspace({ 'a.txt': 'old\n' })
  const { outcome, asked } = await carry(writeFileTool, { path: 'a.txt', content: 'old\n' }, { workspace })
  expect(asked).toEqual([])
  expect(outcome).toMatchObject({ kind: 'ran', started: false, result: { ok: true, summary: 'no change' } })
})

describe('a file that changes while its question is open', () => {
  test('is asked about anew, with the change to what it is now, and the answer counts for that', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'one\n' })
    const { outcome, asked } = await carry(
      editFileTool,
      { path: 'a.txt', old_text: 'one', new_text: 'two' },
      { workspace, answers: [saves(workspace, 'a.txt', 'an hour of work\none\n'), allows] },
    )
    expect({ asked, outcome, file: await textOf(workspace, 'a.txt') }).toEqual({
      asked: [
        { lines: ['-one', '+two'], facts: ['Changes', 'This session'] },
        { lines: [' an hour of work', '-one', '+two'], facts: ['Asked again', 'Changes', 'This session'] },
      ],
      outcome: expect.objectContaining({ result: expect.objectContaining({ ok: true }) }),
      file: 'an hour of work\ntwo\n',
    })
  })

  test('stays as it is when the second question is answered with no', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'one\n' })
    const { outcome, asked } = await carry(
      editFileTool,
      { path: 'a.txt', old_text: 'one', new_text: 'two' },
      {
        workspace,
        answers: [
          saves(workspace, 'a.txt', 'one\nan hour of work\n'),
          () => Promise.resolve({ kind: 'answered', answer: { decision: 'deny', reason: 'I work on it.' } }),
        ],
      },
    )
    expect({ asked: asked.length, outcome, file: await textOf(workspace, 'a.txt') }).toEqual({
      asked: 2,
      outcome: {
        kind: 'refused',
        reason: 'I work on it.',
        answer: { output: 'Error: the user denied this call. The user says: I work on it.', summary: 'denied by you' },
      },
      file: 'one\nan hour of work\n',
    })
  })

  test('that appears where one was to be created is not replaced unseen', async () => {
    const workspace = await temporaryWorkspace()
    const { asked } = await carry(
      writeFileTool,
      { path: 'a.txt', content: 'two\n' },
      { workspace, answers: [saves(workspace, 'a.txt', 'one\n'), allows] },
    )
    expect({ asked: asked.map(({ lines }) => lines), file: await textOf(workspace, 'a.txt') }).toEqual({
      asked: [['+two'], ['-one', '+two']],
      file: 'two\n',
    })
  })

  test('and was only touched is the same file', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'one\n' })
    const { asked } = await carry(
      editFileTool,
      { path: 'a.txt', old_text: 'one', new_text: 'two' },
      { workspace, answers: [saves(workspace, 'a.txt', 'one\n')] },
    )
    expect([asked.length, await textOf(workspace, 'a.txt')]).toEqual([1, 'two\n'])
  })

  test('so that the call cannot work any more is a failure of the call, in words', async () => {
    const workspace = await temporaryWorkspace({ 'a.txt': 'one\n' })
    const { outcome } = await carry(
      editFileTool,
      { path: 'a.txt', old_text: 'one', new_text: 'two' },
      {
        workspace,
        answers: [
          async () => {
            await rm(join(workspace.root, 'a.txt'))
            return ALLOWED
          },
        ],
      },
    )
    expect(outcome).toEqual({
      kind: 'ran',
      result: {
        ok: false,
        output: 'Error: a.txt does not exist. To create it, use write_file.',
        summary: 'not found',
      },
      durationMs: 0,
      started: false,
    })
  })
})

describe('what is asked about each time', () => {
  const ALLOWED: Permissions = { write: 'allow', shell: 'allow', sandbox: false }
  // There is no such folder: should the guard fail, nothing is lost.
  const ruin = { command: 'rm -rf /home/nobody-has-this-name' }

  test('is a command that would ruin the machine, also where everything is allowed', async () => {
    const workspace = await temporaryWorkspace()
    const setting = { workspace, permissions: () => ALLOWED }
    const denied = await carry(createBashTool(), ruin, {
      ...setting,
      answers: [() => Promise.resolve({ kind: 'answered', answer: { decision: 'deny' } })],
    })
    const allowed = await carry(createBashTool(), ruin, { ...setting, answers: [allows] })
    expect([denied.asked, denied.outcome, allowed.outcome]).toMatchObject([
      [{ facts: ['Danger', 'Can reach', 'This session'] }],
      { kind: 'refused', answer: { summary: 'denied by you' } },
      { result: { ok: true } },
    ])
  })

  test('is refused where nobody is there to be asked, and the turn goes on', async () => {
    const workspace = await temporaryWorkspace()
    const { outcome } = await carry(createBashTool(), ruin, { workspace, permissions: () => ALLOWED, answers: null })
    expect(outcome).toEqual({
      kind: 'refused',
      answer: {
        output: 'Error: this needs the yes of a person each time, and nobody is there. It was not done.',
        summary: 'needs an approval',
      },
    })
  })

  test('is a file that others run later, whatever the session allows; permissions that allow it are enough', async () => {
    const workspace = await temporaryWorkspace()
    const sessionRules = new Set(['write'])
    const write = (path: string, permissions: Permissions) =>
      carry(
        writeFileTool,
        { path, content: 'x' },
        { workspace, sessionRules, permissions: () => permissions, answers: [allows] },
      )
    const asked = [
      await write('src/a.ts', ASK),
      await write('./src/../.envrc', ASK),
      await write('.github/workflows/ci.yml', ASK),
      await write('.vscode/tasks.json', ALLOWED),
    ].map((each) => each.asked.map(({ facts }) => facts))
    const facts = ['Creates', 'Runs later', 'This session']
    expect(asked).toEqual([[], [facts], [facts], []])
  })
})

describe('permissions that are changed while a question is open', () => {
  const changedTo = (after: Permissions) => {
    let now = ASK
    return {
      permissions: () => now,
      change: () => {
        now = after
        return Promise.resolve({ kind: 'permissions-changed' as const })
      },
    }
  }

  test('to ones that allow the call are its answer', async () => {
    const workspace = await temporaryWorkspace()
    const { permissions, change } = changedTo({ ...ASK, write: 'allow' })
    const { asked, answered } = await carry(
      writeFileTool,
      { path: 'a.txt', content: 'x' },
      { workspace, permissions, answers: [change] },
    )
    expect({ asked: asked.length, answered, file: await textOf(workspace, 'a.txt') }).toEqual({
      asked: 1,
      answered: [{ type: 'approval-answer', callId: 'a', answer: { decision: 'allow-once' }, by: 'permissions' }],
      file: 'x',
    })
  })

  test('to ones that deny the call deny it', async () => {
    const workspace = await temporaryWorkspace()
    const { permissions, change } = changedTo({ ...ASK, write: 'deny' })
    const { outcome } = await carry(
      writeFileTool,
      { path: 'a.txt', content: 'x' },
      { workspace, permissions, answers: [change] },
    )
    expect(outcome).toMatchObject({ kind: 'refused', answer: { summary: 'not allowed' } })
  })

  test('to ones that say nothing else of this call leave the question as it stands', async () => {
    const workspace = await temporaryWorkspace()
    const { permissions, change } = changedTo({ ...ASK, shell: 'allow' })
    const { answered } = await carry(
      writeFileTool,
      { path: 'a.txt', content: 'x' },
      { workspace, permissions, answers: [change, allows] },
    )
    expect(answered).toEqual([{ type: 'approval-answer', callId: 'a', answer: ALLOW_ONCE }])
  })

  test('to ones without the sandbox ask about a command anew: it was shown with another reach', async () => {
    const workspace = await temporaryWorkspace()
    let now: Permissions = { ...ASK, sandbox: true }
    const { asked, answered } = await carry(
      createBashTool(),
      { command: 'true' },
      {
        workspace,
        permissions: () => now,
        answers: [
          () => {
            now = { write: 'allow', shell: 'allow', sandbox: false }
            return Promise.resolve({ kind: 'permissions-changed' })
          },
          allows,
        ],
      },
    )
    expect([asked.length, answered]).toEqual([2, [{ type: 'approval-answer', callId: 'a', answer: ALLOW_ONCE }]])
  })
})
