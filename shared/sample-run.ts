import type { BackgroundRun } from './background.ts'
import { ProfileId, RunId, SessionId } from './ids.ts'

/** A run for tests; what a test is about is in `change`. */
export function sampleRun(change: Partial<BackgroundRun> = {}): BackgroundRun {
  return {
    runId: RunId.parse('run0000001'),
    sessionId: SessionId.parse('session001'),
    status: 'running',
    pid: 4821,
    cwd: '/work/parcel-api',
    profileId: ProfileId.parse('vllm'),
    profileName: 'vLLM',
    model: 'qwen3-coder',
    prompt: 'Move webhooks to a queue',
    title: 'Move webhooks to a queue',
    permissions: { write: 'allow', shell: 'ask', sandbox: true },
    origin: 'a terminal',
    startedAt: 0,
    endedAt: null,
    exitCode: null,
    usage: {
      inputTokens: null,
      outputTokens: null,
      cachedInputTokens: null,
      reasoningTokens: null,
      costMicroUsd: null,
      source: 'reported',
    },
    limits: {},
    phase: null,
    phaseDetail: '',
    tokensPerSecond: null,
    approvals: [],
    waitsUntil: null,
    queuedBefore: null,
    note: '',
    viewers: 0,
    usable: true,
    ...change,
  }
}
