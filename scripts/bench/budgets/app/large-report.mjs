// @ts-check
// A month of 100,000 calls as the engine sums it: every day, and more models, folders and sessions than anybody has.

const CALLS = 100_000

/** @param {number} calls */
function spending(calls) {
  return {
    modelCalls: calls,
    toolCalls: calls * 2,
    inputTokens: calls * 30_000,
    cachedInputTokens: calls * 21_000,
    outputTokens: calls * 700,
    reasoningTokens: calls * 100,
    estimatedTokens: calls * 900,
    reportedMicroUsd: calls * 12_000,
    estimatedMicroUsd: calls * 1_000,
    unknownCalls: Math.floor(calls / 50),
    freeCalls: Math.floor(calls / 3),
    savedMicroUsd: calls * 400,
  }
}

/** @param {number} count @param {(index: number) => object} more */
function rows(count, more) {
  return Array.from({ length: count }, (_, index) => ({
    key: `row-${index}`,
    spending: spending(Math.ceil(CALLS / count) + ((index * 7919) % 500)),
    ...more(index),
  }))
}

const backend = (/** @type {number} */ index) => ({
  model: `vendor/model-${index}`,
  profileId: `profile-${index % 12}`,
  profileName: `Profile ${index % 12}`,
  kind: 'custom',
})

/** @param {any} query @param {number} revision */
export function largeReport(query, revision) {
  return {
    query,
    revision,
    total: spending(CALLS + revision),
    days: rows(30, (index) => ({ key: `2026-11-${String(index + 1).padStart(2, '0')}` })),
    hours: [],
    profiles: rows(12, backend),
    models: rows(300, backend),
    projects: rows(400, (index) => ({ cwd: `/home/me/project-${index}` })),
    sessions: rows(500, (index) => ({
      sessionId: `s${String(index).padStart(9, '0')}`,
      title: `Session ${index} with a title of a usual length`,
      cwd: `/home/me/project-${index % 40}`,
      ...backend(index),
    })),
  }
}

/** @param {number} revision */
export function spendingState(revision) {
  const rule = { scope: 'day', profileId: null, limits: { costUsd: 100_000_000 } }
  return {
    day: '2026-11-30',
    today: spending(3_000 + revision),
    month: spending(CALLS + revision),
    limits: [{ rule, limit: 'costUsd', allowed: 100_000_000, used: 39_000_000 }],
    revision,
  }
}
