import { Gauge, List, RotateCw, ScrollText, TriangleAlert, Wrench } from 'lucide-react'
import { memo } from 'react'
import type { NoticeItem } from '#shared/session/session-view.ts'
import { Icon, type IconShape } from '../ui/icon.tsx'

/** What went on by itself, in one grey line. */
export const NoticeLine = memo(function NoticeLine({ item }: { item: NoticeItem }) {
  const { icon, warn } = appearanceOf(item.code)
  return (
    <div className={warn ? 'notice warn' : 'notice'}>
      <Icon of={icon} small />
      <span>{item.message}</span>
    </div>
  )
})

function appearanceOf(code: string): { icon: IconShape; warn: boolean } {
  if (code.startsWith('budget')) return { icon: Gauge, warn: code === 'budget-80' }
  if (/recover/.test(code)) return { icon: Wrench, warn: false }
  if (/retr|again|overload|rate/.test(code)) return { icon: RotateCw, warn: true }
  if (/^policy/.test(code)) return { icon: ScrollText, warn: false }
  if (/compact|summ/.test(code)) return { icon: List, warn: false }
  return { icon: TriangleAlert, warn: true }
}
