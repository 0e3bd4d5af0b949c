import { Gauge, List, RotateCw, ScrollText, TriangleAlert } from 'lucide-react'
import { memo } from 'react'
import type { NoticeItem } from '#shared/session/session-view.ts'
import { Icon, type IconShape } from '../ui/icon.tsx'

/** What went on by itself, in one grey line. */
export const NoticeLine = memo(function NoticeLine({ item }: { item: NoticeItem }) {
  const { icon, warn } = appearances.get(item.code) ?? OTHER
  return (
    <div className={warn ? 'notice warn' : 'notice'}>
      <Icon of={icon} small />
      <span>{item.message}</span>
    </div>
  )
})

interface Appearance {
  icon: IconShape
  warn: boolean
}

/** By the code of the notice; what is not here warns of something that went wrong. */
const appearances: ReadonlyMap<string, Appearance> = new Map([
  ['budget', { icon: Gauge, warn: false }],
  ['budget-answer', { icon: Gauge, warn: false }],
  ['budget-80', { icon: Gauge, warn: true }],
  ['retry', { icon: RotateCw, warn: true }],
  ['not-asked-again', { icon: RotateCw, warn: true }],
  ['policy-after-turn', { icon: ScrollText, warn: false }],
  ['compaction', { icon: List, warn: false }],
  ['not-compacted', { icon: List, warn: false }],
  ['own-summary', { icon: List, warn: false }],
])
const OTHER: Appearance = { icon: TriangleAlert, warn: true }
