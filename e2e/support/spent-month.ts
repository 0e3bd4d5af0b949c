import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackendKind } from '#shared/profile/profile.ts'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import type { Machine } from './app.ts'

interface Backend {
  id: string
  name: string
  kind: BackendKind
  model: string
  /** Micro-dollars a call; null = not known. */
  cost: number | null
  costSource: 'reported' | 'computed' | 'free' | 'unknown'
}

const backends: readonly Backend[] = [
  { id: 'vllm', name: 'vLLM', kind: 'vllm', model: 'Qwen3-Coder-30B', cost: 0, costSource: 'free' },
  {
    id: 'openrouter',
    name: 'OpenRouter',
    kind: 'openrouter',
    model: 'z-ai/glm-4.6',
    cost: 310_000,
    costSource: 'reported',
  },
  { id: 'team', name: 'LiteLLM', kind: 'litellm', model: 'team-coder', cost: 90_000, costSource: 'computed' },
  { id: 'other', name: 'Another', kind: 'custom', model: 'mystery', cost: null, costSource: 'unknown' },
]

const folders = ['/home/me/parcel-api', '/home/me/atlas-web', '/home/me/infra-notes']

/** A day of the local time zone, as the ledger has it. */
function dayKey(date: Date): string {
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`
}

/**
 * Writes the ledger of a month up to `now`, with the backends of above on every day in an uneven measure that is the
 * same at every run, and limits that are partly used.
 */
export async function spendAMonth(machine: Machine, options: { now: Date; calls?: number }): Promise<void> {
  const { now, calls = 400 } = options
  const today = now.getDate()
  const lines = Array.from({ length: calls }, (_, index) => {
    // Some days have more than others.
    const day = 1 + Math.floor(today * ((index * 0.618_034) % 1) ** 1.2)
    const at = new Date(
      now.getFullYear(),
      now.getMonth(),
      Math.min(day, today),
      index % Math.max(1, now.getHours() + 1),
    )
    const backend = backends[(index * 7) % 13 < 6 ? 0 : (index * 5) % 11 < 6 ? 1 : index % 3 === 0 ? 3 : 2]
    if (!backend) throw new Error('There is no such backend.')
    const input = 4_000 + ((index * 7_919) % 90_000)
    return {
      type: 'spend',
      at: at.getTime(),
      day: dayKey(at),
      run: `run${String(index % 40).padStart(7, '0')}`,
      session: `session${String(index % 30).padStart(3, '0')}`,
      profile: backend.id,
      profileName: backend.name,
      kind: backend.kind,
      model: backend.model,
      cwd: folders[index % folders.length],
      label: 'answer',
      input,
      cached: Math.floor(input * 0.7),
      output: 200 + ((index * 131) % 2_000),
      reasoning: (index * 17) % 100,
      counted: index % 9 === 0 ? 'estimated' : 'reported',
      cost: backend.cost === null ? null : Math.round(backend.cost * (0.5 + ((index * 31) % 100) / 100)),
      costSource: backend.costSource,
      saved: backend.costSource === 'reported' ? 1_000 : null,
      tools: { read_file: 1 },
      ms: 4_000,
    }
  })
  const folder = join(machine.home, 'ledger')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(
    join(folder, `${dayKey(now).slice(0, 7)}.jsonl`),
    lines.map((line) => `\n${JSON.stringify(line)}\n`).join(''),
    { mode: 0o600 },
  )
  const everything = { profileId: null }
  await writeFile(
    join(machine.home, 'settings.json'),
    JSON.stringify({
      ...defaultSettings,
      limits: [
        { scope: 'day', ...everything, limits: { costUsd: 10_000_000, totalTokens: 5_000_000 } },
        { scope: 'month', ...everything, limits: { costUsd: 40_000_000 } },
        { scope: 'session', ...everything, limits: { totalTokens: 400_000 } },
        { scope: 'background-run', ...everything, limits: { totalTokens: 1_000_000, wallTime: 7_200_000 } },
      ],
    }),
  )
}
