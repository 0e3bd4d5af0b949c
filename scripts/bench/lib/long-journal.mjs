// @ts-check
// Writes a journal of so many megabytes: turns of ten calls, with long answers or with long outputs, and a summary after
// each thirty turns.
import { open } from 'node:fs/promises'

const WORDS = 'Some words of an answer that a model writes, '
const CALLS = 10
const TURNS_PER_SUMMARY = 30

/** @param {string} path @param {number} megabytes @param {'answers' | 'outputs'} kind */
export async function writeLongJournal(path, megabytes, kind) {
  const file = await open(path, 'w')
  let seq = 0
  /** @param {object[]} entries */
  const lines = (entries) =>
    entries.map((entry) => `${JSON.stringify({ ...entry, seq: seq++, at: 1e12 + seq })}\n`).join('')
  let bytes = (await file.write(lines([start]))).bytesWritten
  for (let turn = 1; bytes < megabytes * 1e6; turn++) {
    bytes += (await file.write(lines(entriesOf(turn, kind)))).bytesWritten
    if (turn % TURNS_PER_SUMMARY === 0)
      await file.write(lines([{ type: 'compaction', summary: 'A summary.', keptFromSeq: seq }]))
  }
  await file.close()
}

const start = {
  type: 'session-start',
  version: 1,
  sessionId: 'abcdefghij',
  cwd: '/tmp',
  systemPrompt: 'You are an agent.',
  profile: { profileId: 'local', profileName: 'Local', kind: 'vllm', model: 'bench' },
  permissions: { write: 'ask', shell: 'ask', sandbox: true },
}
const usage = {
  ...{ inputTokens: 10, outputTokens: 10, cachedInputTokens: null, reasoningTokens: null },
  ...{ costMicroUsd: null, source: 'reported' },
}

/** @param {number} turn @param {'answers' | 'outputs'} kind */
function entriesOf(turn, kind) {
  const turnId = `t${String(turn).padStart(9, '0')}`
  const args = '{"path":"a"}'
  const calls = Array.from({ length: CALLS }, (_, at) => {
    const callId = `c${at}-${turn}`
    const output = kind === 'answers' ? 'ok' : `${callId} ${'line of a file\n'.repeat(700)}`
    return [
      { type: 'model-call-start', model: 'bench' },
      ...Array(kind === 'answers' ? 200 : 20).fill({ type: 'text-delta', text: WORDS }),
      {
        type: 'model-call-end',
        toolCalls: [{ callId, name: 'read_file', arguments: args, recovered: false }],
        finish: 'tool_calls',
      },
      { type: 'usage', usage },
      { type: 'tool-start', callId, name: 'read_file', verb: 'Read', target: 'a', arguments: args, recovered: false },
      { type: 'tool-end', callId, outcome: 'done', output, summary: '700 lines', durationMs: 1 },
    ]
  })
  return [
    { type: 'turn-start', turnId, text: 'Do it.', facts: '' },
    ...calls.flat(),
    { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null },
  ]
}
