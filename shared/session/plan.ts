import { cutText, splitText } from '../lib/cut-text.ts'
import { visibleLine } from '../lib/visible-text.ts'
import type { TurnView } from './session-view.ts'

/** What the model means to do, as it wrote it down: a Markdown checklist. */
export interface Plan {
  done: number
  total: number
  /** The first ones of a very long list. Plain text. */
  steps: readonly PlanStep[]
}

export interface PlanStep {
  text: string
  done: boolean
}

/** The newest checklist of a turn; null = there is none. */
export function planOf(turn: Pick<TurnView, 'items' | 'end'>): Plan | null {
  const { items } = turn
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index]
    if (item?.kind !== 'text') continue
    const plan = findPlan(item.text, index < items.length - 1 || turn.end !== null)
    if (plan) return plan
  }
  return null
}

/** A list of one is no plan. */
const FEWEST = 2
const MOST_SHOWN = 100
/** Characters of a step. */
const LONGEST = 200

/**
 * The newest checklist of a text. Nested steps count like others; what stands in fences of code does not. While the text
 * is still being written (`whole` is false), a list that may go on is left out: it would lack the steps that are to come.
 */
export function findPlan(text: string, whole: boolean): Plan | null {
  if (!BOX.test(text)) return null
  const lines = text.split(/\r?\n/)
  if (!whole) lines.pop()
  let newest: Plan | null = null
  let list: Plan = none
  let fence = ''
  const endList = () => {
    if (list.total >= FEWEST) newest = list
    list = none
  }
  for (const line of lines) {
    const [, mark = '', info = ''] = FENCE.exec(line) ?? []
    if (fence) {
      if (mark.startsWith(fence) && info.trim() === '') fence = ''
      continue
    }
    const isPart = line.trim() === '' || /^\s/.test(line) || BULLET.test(line)
    if (!isPart) endList()
    // In its own line, code between three backticks opens no fence.
    if (mark && !(mark.startsWith('`') && info.includes('`'))) fence = mark
    const [, indent = '', tick = '', words = ''] = STEP.exec(line) ?? []
    // Further in, it would be code.
    if (tick && (list.total > 0 || /^ {0,3}$/.test(indent))) list = withStep(list, words, tick !== ' ')
  }
  if (whole) endList()
  return newest
}

const none: Plan = { done: 0, total: 0, steps: [] }
const BOX = /\[[ xX]\]/
const FENCE = /^\s*(`{3,}|~{3,})(.*)$/
const BULLET = /^(?:[-*+]|\d{1,9}[.)])\s/
const STEP = /^(\s*)(?:[-*+]|\d{1,9}[.)])\s+\[([ xX])\]\s+(\S.*)$/

function withStep({ done, total, steps }: Plan, words: string, ticked: boolean): Plan {
  return {
    done: done + (ticked ? 1 : 0),
    total: total + 1,
    steps: total < MOST_SHOWN ? [...steps, { text: stepText(words), done: ticked }] : steps,
  }
}

function stepText(words: string): string {
  return cutText(withoutMarks(visibleLine(splitText(words, 2 * LONGEST)[0])), LONGEST)
}

/** Code, emphasis and links as their words. */
function withoutMarks(text: string): string {
  return text.replace(MARKS, (_, _ticks, code?: string, _strong?: string, inner?: string, label?: string) =>
    code === undefined ? withoutMarks(inner ?? label ?? '') : code,
  )
}

const MARKS = /(`+)(.+?)\1|(\*\*|~~|\*|(?<!\w)__?)(?=\S)(.+?)(?<=\S)\3(?!\w)|!?\[([^\]]*)\]\([^)]*\)/g
