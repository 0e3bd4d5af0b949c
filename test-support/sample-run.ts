import { ProfileId, RunId, SessionId } from '../shared/ids.ts'
import { type BackgroundRun, unstartedRun } from '../shared/run/background.ts'
import { unknownUsage } from '../shared/spending/usage-totals.ts'

/** A run for tests; what a test is about is in `change`. */
export function sampleRun(change: Partial<BackgroundRun> = {}): BackgroundRun {
  return {
    ...unstartedRun,
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
    usage: { ...unknownUsage, source: 'reported' },
    limits: {},
    usable: true,
    ...change,
  }
}
