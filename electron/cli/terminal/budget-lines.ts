import { counted } from '#shared/lib/counted.ts'
import { formatMicroUsd, microUsdFromUsd } from '#shared/lib/money.ts'
import type { BudgetAnswer, BudgetStop, LimitName } from '#shared/limits/budget.ts'
import { amountWords, scopeWords } from '#shared/limits/limit-words.ts'
import { type Output, paint } from './output.ts'
import { painted } from './painted.ts'
import { plainLine } from './plain-text.ts'

/** Which limit a run reached, and what it spent most on. */
export function stopLines(stop: BudgetStop): string[] {
  return [`Stopped: ${reached(stop)}.`, ...topLines(stop)]
}

/** The lines before the question what becomes of a run that reached a limit. */
export function budgetLines(output: Output, stop: BudgetStop): string[] {
  return [...painted(output, 'bold', `It waits: ${reached(stop)}.`), ...topLines(stop)]
}

export function budgetQuestion(output: Output): string {
  const key = (text: string) => paint(output, 'bold', text)
  return `  ${key('f')} finish with one last answer   ${key('r')} <number> raise to   ${key('s')} stop`
}

/** What is taken at the question, with an example in the unit of its limit. */
export function budgetHelp(limit: LimitName): string {
  const example = limit === 'costUsd' ? 'r 0.50' : limit === 'wallTime' ? 'r 10m' : 'r 50k'
  return `Type f for one last answer, r and a number to raise the limit (such as ${example}), or s to stop.`
}

/** Said of a raise that would change nothing. */
export function tooLow({ limit, used, needs = 0 }: BudgetStop): string {
  const amount = amountWords(limit, used + needs)
  return `The run would stop again at once: ${amount} ${needs ? 'are needed' : 'are used'} by now. Raise to more than that.`
}

/** `f`, `s`, or `r` with a new limit in the unit that a flag takes; null = none of them. */
export function readBudgetAnswer(line: string, limit: LimitName): BudgetAnswer | null {
  const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line) ?? []
  if (/^r(aise)?$/i.test(word)) {
    const to = readAmount(rest, limit)
    return to === null ? null : { choice: 'raise', to }
  }
  if (rest) return null
  if (/^f(inish)?$/i.test(word)) return { choice: 'finish' }
  return /^s(top)?$/i.test(word) ? { choice: 'stop' } : null
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000 } as const

function readAmount(text: string, limit: LimitName): number | null {
  const [, digits = '', unit = ''] = /^\$?([\d,_]+(?:\.\d+)?|\.\d+)\s*([kmsh]?)$/i.exec(text) ?? []
  const number = Number(digits.replace(/[,_]/g, ''))
  if (!digits || !(number > 0)) return null
  if (limit === 'costUsd') return unit ? null : microUsdFromUsd(number)
  if (limit === 'wallTime') {
    const factor = unitMs[(unit.toLowerCase() || 's') as keyof typeof unitMs]
    return factor ? Math.round(number * factor) : null
  }
  const factor = { '': 1, k: 1000, m: 1_000_000 }[unit.toLowerCase()]
  return factor ? Math.round(number * factor) : null
}

function reached({ limit, allowed, used, needs, scope = 'run', origin }: BudgetStop): string {
  const set = [scopeWords[scope], ...(origin ? [plainLine(origin)] : [])].join(', ')
  const next = needs ? `, the next step needs ${amountWords(limit, needs)}` : ''
  return `the limit of ${amountWords(limit, allowed)} is reached (for ${set}; ${amountWords(limit, used)} used${next})`
}

function topLines({ top = [] }: BudgetStop): string[] {
  return top.map(({ label, tokens, costMicroUsd }) => {
    const cost = costMicroUsd ? `, ${formatMicroUsd(costMicroUsd)}` : ''
    return `  ${plainLine(label)}: ${counted(tokens, 'token')}${cost}`
  })
}
