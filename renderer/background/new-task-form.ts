import type { Limits } from '#shared/limits/budget.ts'
import { FieldProblem, readTokens, readVerifyCommands } from '../lib/read-field.ts'

/** What is typed into the boxes of a new task, before it is read. */
export interface TaskFields {
  prompt: string
  folder: string
  tokens: string
  dollars: string
  minutes: string
  /** One command a line. */
  verify: string
}

export type TaskProblems = Partial<Record<keyof TaskFields, string>>

export type ReadTask =
  | { ok: true; prompt: string; folder: string; limits: Limits; verify?: string[] }
  | { ok: false; problems: TaskProblems }

export function readTask(fields: TaskFields): ReadTask {
  const problems: TaskProblems = {}
  const read = <T>(name: keyof TaskFields, reader: (value: string) => T | undefined): T | undefined => {
    try {
      return reader(fields[name])
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error
      problems[name] = error.message
      return undefined
    }
  }
  const prompt = read('prompt', (value) => needed(value, 'Say what should be done.'))
  const folder = read('folder', (value) => needed(value, 'Choose the folder to work in.'))
  const totalTokens = read('tokens', readTokens)
  const costUsd = read('dollars', readDollars)
  const wallTime = read('minutes', readMinutes)
  const verify = read('verify', readVerifyCommands)
  if (prompt === undefined || folder === undefined || Object.keys(problems).length > 0) return { ok: false, problems }
  return {
    ok: true,
    prompt,
    folder,
    ...(verify && { verify }),
    limits: {
      ...(totalTokens !== undefined && { totalTokens }),
      ...(costUsd !== undefined && { costUsd }),
      ...(wallTime !== undefined && { wallTime }),
    },
  }
}

function needed(value: string, problem: string): string {
  if (value.trim() === '') throw new FieldProblem(problem)
  return value.trim()
}

/** In micro-dollars. */
function readDollars(value: string): number | undefined {
  const trimmed = value.trim().replace('$', '').replace(',', '.')
  if (trimmed === '') return undefined
  const amount = /^(\d{1,6}\.?\d*|\.\d+)$/.test(trimmed) ? Math.round(Number(trimmed) * 1_000_000) : 0
  if (amount === 0) throw new FieldProblem('Write an amount of dollars, such as 1.50, or leave it empty.')
  return amount
}

/** In milliseconds. */
function readMinutes(value: string): number | undefined {
  const trimmed = value.trim()
  if (trimmed === '') return undefined
  const minutes = /^\d{1,5}$/.test(trimmed) ? Number(trimmed) : 0
  if (minutes === 0) throw new FieldProblem('Write a whole number of minutes, such as 30, or leave it empty.')
  return minutes * 60_000
}
