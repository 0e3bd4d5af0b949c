// @ts-check
// Documents and sessions to show. The same text at every run: a small generator with a fixed seed.

/** @param {number} seed */
function randomFrom(seed) {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

const words =
  'the bucket keeps a window of tokens that refill when time moves and each call reads what is left before it asks for more so the clock must not lose what was not yet a whole second'.split(
    ' ',
  )

/** @param {() => number} random @param {number} count */
function sentence(random, count) {
  const picked = Array.from({ length: count }, () => words[Math.floor(random() * words.length)])
  return `${picked.join(' ')}.`.replace(/^./, (first) => first.toUpperCase())
}

/** @param {() => number} random */
function paragraph(random) {
  const code = random() < 0.5 ? ' `refill(now)` ' : ' **never** '
  return `${sentence(random, 12)}${code}${sentence(random, 14)} See [the notes](https://example.com/notes) and *${sentence(random, 4)}*`
}

/** @param {() => number} random @param {number} items */
function list(random, items) {
  return Array.from({ length: items }, (_, index) => `- item ${index}, ${sentence(random, 9)} \`value_${index}\``).join(
    '\n',
  )
}

const codeLines = {
  ts: (/** @type {number} */ n) =>
    `  const value${n}: number = Math.floor((now - this.last) * ${n}) / 1000 // step ${n}`,
  python: (/** @type {number} */ n) =>
    `    value_${n} = min(self.capacity, self.tokens + ${n} * self.rate)  # step ${n}`,
  bash: (/** @type {number} */ n) => `echo "step ${n}" && grep -n "refill" src/file-${n}.ts | head -${n} || true`,
  json: (/** @type {number} */ n) => `  "key_${n}": { "capacity": ${n}, "rate": 2.5, "name": "bucket ${n}" },`,
}

/** @param {keyof typeof codeLines} language @param {number} lines */
function fence(language, lines) {
  return `\`\`\`${language}\n${Array.from({ length: lines }, (_, index) => codeLines[language](index)).join('\n')}\n\`\`\``
}

const languages = /** @type {(keyof typeof codeLines)[]} */ (['ts', 'python', 'bash', 'json'])

/** Prose, lists, tables and 20 fences. @param {number} length in characters */
export function mixedDocument(length, seed = 7) {
  const random = randomFrom(seed)
  const parts = []
  let size = 0
  let fences = 0
  while (size < length) {
    const index = parts.length
    let part = paragraph(random)
    if (size > (length / 20) * fences) part = fence(languages[fences++ % languages.length] ?? 'ts', 22)
    else if (index % 9 === 0) part = `## ${sentence(random, 4)}`
    else if (index % 7 === 0) part = list(random, 6)
    else if (index % 11 === 0)
      part = `| name | size | note |\n|---|--:|---|\n${'| bucket | 12 | *small* |\n'.repeat(6).trim()}`
    parts.push(part)
    size += part.length + 2
  }
  return parts.join('\n\n').slice(0, length)
}

/** One block that goes on and on. @param {number} length in characters */
export function oneFence(length) {
  const lines = []
  for (let size = 0, index = 0; size < length; index++) {
    const line = codeLines.ts(index)
    lines.push(line)
    size += line.length + 1
  }
  return `\`\`\`ts\n${lines.join('\n')}`.slice(0, length)
}

/** @param {number} length in characters */
export function oneList(length) {
  return list(randomFrom(11), Math.ceil(length / 60)).slice(0, length)
}

const noUsage = {
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  reasoningTokens: null,
  costMicroUsd: null,
  source: 'reported',
  modelCalls: 0,
}
const profile = { profileId: 'demo', profileName: 'Demo', kind: 'demo', model: 'demo' }
const permissions = { write: 'ask', shell: 'ask', sandbox: true }

/** 200 messages: 100 questions, 100 answers, about 228 KB. @param {boolean} running whether a 101st turn has begun */
export function session(running) {
  const random = randomFrom(3)
  const turns = Array.from({ length: 100 }, (_, index) => ({
    turnId: String(index).padStart(10, 't'),
    text: sentence(random, 14),
    startedAt: 1_700_000_000_000 + index * 60_000,
    items: [{ kind: 'text', text: mixedDocument(2_200, 100 + index) }],
    usage: noUsage,
    end: { reason: 'completed', at: 1_700_000_000_000 + index * 60_000 + 30_000, failure: null, budget: null },
  }))
  const now = Date.now()
  return {
    sessionId: 'benchbench',
    cwd: '/home/me/parcel-api',
    title: 'Two hundred messages',
    profile,
    permissions,
    seq: 1_000,
    startedAt: 1_700_000_000_000,
    updatedAt: now,
    turns: running
      ? [...turns, { turnId: 'running000', text: 'Go on.', startedAt: now, items: [], usage: noUsage, end: null }]
      : turns,
    activity: running ? { phase: 'writing', since: now } : null,
    approvals: [],
    budgetRequest: null,
    usage: noUsage,
    iterations: 101,
    toolCalls: 0,
  }
}

/** What main says of the app. */
export function appState() {
  return {
    settings: {
      version: 1,
      theme: 'light',
      contrast: 'system',
      profiles: [],
      defaultProfileId: null,
      permissions,
      lastFolder: '/home/me/parcel-api',
      recentFolders: [],
      sidebar: { width: 264, hidden: false },
    },
    backends: [
      {
        profile: { id: 'demo', name: 'Demo', kind: 'demo', baseUrl: '', model: '', key: { source: 'none' } },
        origin: 'built-in',
        reach: 'ready',
        failure: null,
        models: [],
        checkedAt: null,
      },
    ],
    activeProfileId: 'demo',
    discovery: { state: 'done', servers: [] },
    sessions: [
      {
        sessionId: 'benchbench',
        title: 'Two hundred messages',
        cwd: '/home/me/parcel-api',
        state: 'running',
        note: '',
        profileName: 'Demo',
        demo: true,
        updatedAt: Date.now(),
      },
    ],
    environment: {
      appVersion: '0.0.0',
      electronVersion: '',
      nodeVersion: '',
      platform: 'linux',
      electronSource: 'registry',
      dataFolder: '/tmp',
      homeFolder: '/home/me',
      startFolder: '/home/me/parcel-api',
      keychain: false,
      sandbox: 'bubblewrap',
    },
    notices: [],
  }
}
