import { expect, test } from 'vitest'
import { TurnId } from '#shared/ids.ts'
import { kept } from '#shared/session/content.ts'
import type { ToolItem, TurnView } from '#shared/session/session-view.ts'
import { noUsage } from '#shared/spending/usage-totals.ts'
import { conversationText } from './conversation-text.ts'

const tool: ToolItem = {
  kind: 'tool',
  callId: 'c1',
  name: 'bash',
  verb: 'Run',
  target: 'npm test',
  arguments: '{"command":"npm test\\nnpm run check"}',
  recovered: false,
  state: 'done',
  startedAt: 0,
  output: 'ok\n```\nfence\n```\n',
  summary: '',
  durationMs: 1,
  answer: null,
  exitCode: 0,
}
const turn: TurnView = {
  turnId: TurnId.parse('turn000001'),
  text: 'Fix it\n',
  startedAt: 0,
  items: [
    { kind: 'reasoning', text: 'hm', startedAt: 0, endedAt: 1 },
    { kind: 'text', text: 'I look.\n' },
    tool,
    {
      ...tool,
      name: 'edit_file',
      verb: 'Edit',
      target: 'sum.js',
      diff: {
        path: 'sum.js',
        added: 1,
        removed: 1,
        hunks: [
          {
            oldStart: 3,
            newStart: 3,
            lines: [
              { sign: ' ', text: 'a' },
              { sign: '-', text: 'b' },
              { sign: '+', text: 'c' },
            ],
          },
        ],
      },
      exitCode: undefined,
      summary: 'changed',
    },
    { kind: 'follow-up', text: 'And the tests', origin: 'user', at: 0 },
    { kind: 'follow-up', text: 'of the app', origin: 'app', at: 0 },
    { kind: 'notice', code: 'x', message: 'Something happened.' },
    { kind: 'text', text: 'Done.' },
  ],
  usage: noUsage,
  iterations: 1,
  toolCalls: 2,
  end: null,
}

test('what was let go of a conversation is said in its place', () => {
  const items: TurnView['items'] = [
    { kind: 'text', text: '', omitted: 1200 },
    {
      ...tool,
      name: 'read_file',
      verb: 'Read',
      target: 'a.js',
      arguments: '',
      output: '',
      omitted: 1,
      exitCode: undefined,
      summary: '9 lines',
    },
  ]
  expect(conversationText('Fix it', [{ ...turn, items }])).toBe(`# Fix it

## You

Fix it

## Agent

*… 1,200 characters are in the journal of the session.*

**Read** \`a.js\`: 9 lines

*… 1 character is in the journal of the session.*
`)
})

test('a conversation is Markdown with all that was said and done, and no fence ends early', () => {
  expect(conversationText('Fix it', [turn])).toBe(`# Fix it

## You

Fix it

## Agent

I look.

**Run**

\`\`\`sh
npm test
npm run check
\`\`\`

\`\`\`\`
ok
\`\`\`
fence
\`\`\`
\`\`\`\`

exit 0

**Edit** \`sum.js\`: changed

\`\`\`diff
--- a/sum.js
+++ b/sum.js
@@ -3,2 +3,2 @@
 a
-b
+c
\`\`\`

## You

And the tests

## Agent

*Something happened.*

Done.
`)
})

test('an image in a message is copied as its name and size', () => {
  const image = {
    type: 'image',
    blob: 'a'.repeat(64),
    mediaType: 'image/png',
    name: 'shot.png',
    bytes: 118_000,
  } as const
  const said = kept([{ type: 'text', text: 'What is wrong here?' }, image])
  expect(conversationText('Look', [{ ...turn, ...said, items: [{ kind: 'text', text: 'The margin.' }] }])).toBe(
    '# Look\n\n## You\n\nWhat is wrong here?\nimage (shot.png, 118 KB)\n\n## Agent\n\nThe margin.\n',
  )
})
