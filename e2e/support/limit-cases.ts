import type { LimitName } from '#shared/limits/budget.ts'
import { chunk, gate, type Reply, raw, text, toolCall, usage } from '../../test-support/scripted-backend.ts'

/**
 * The table of limits that every place where a run can be is tested by. The work is always the same three calls: two
 * tools run, and `sums` is what it comes to, at these prices.
 */
export const pricesPerMillion = { input: 1, output: 10 }
const sums: Record<Exclude<LimitName, 'wallTime'>, number> = {
  totalTokens: 6480,
  inputTokens: 6300,
  outputTokens: 180,
  reasoningTokens: 90,
  costUsd: 8100,
  toolCalls: 2,
  modelCalls: 3,
  turns: 3,
}

const counted = (input: number, output: number, reasoning: number) =>
  usage(input, output, { completion_tokens_details: { reasoning_tokens: reasoning } })
export const first = (name = 'list_dir', args: Record<string, unknown> = { path: '.' }) =>
  toolCall(name, args, { id: 'a', usage: counted(2000, 50, 20) })
export const second = toolCall('list_dir', { path: '.' }, { id: 'b', usage: counted(2100, 60, 30) })
export const third = text('Done.', { usage: counted(2200, 70, 40) })
/** A server that writes on, whatever it was asked for. */
const endless = (delta: Record<string, string>): Reply =>
  raw(
    Array.from({ length: 400 }, () => chunk(delta)),
    { end: 'hold' },
  )

export interface LimitCase {
  limit: LimitName
  /** The work just fits: exactly reached, and by one less. */
  enough: readonly [exactly: number, oneMore: number]
  /** One less than the work needs; of time, what passes while the server is silent. */
  tooLittle: number
  /** The last answer where there is too little, and how it must end: not asked for, cut, or after its usage. */
  last: Reply
  over: 'not sent' | 'cut' | 'counted'
}

const words = endless({ content: 'word ' })
const counts = (limit: keyof typeof sums, last: Reply, over: LimitCase['over']): LimitCase => ({
  limit,
  enough: [sums[limit], sums[limit] + 1],
  tooLittle: sums[limit] - 1,
  last,
  over,
})

export const limitCases: readonly LimitCase[] = [
  counts('totalTokens', words, 'cut'),
  counts('inputTokens', third, 'counted'),
  counts('outputTokens', words, 'cut'),
  counts('reasoningTokens', endless({ reasoning_content: 'hm ' }), 'cut'),
  counts('costUsd', words, 'cut'),
  counts('toolCalls', third, 'not sent'),
  counts('modelCalls', third, 'not sent'),
  counts('turns', third, 'not sent'),
  {
    limit: 'wallTime',
    enough: [120_000, 120_001],
    tooLittle: 3000,
    last: text('one two', { chunks: 2, gate: gate().opened }),
    over: 'cut',
  },
]
