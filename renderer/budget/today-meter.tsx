import { useAppStore } from '../stores/app-store.ts'
import { Meter } from '../ui/meter.tsx'
import { todayLine } from './meter-lines.ts'

/** What was spent today, at the bottom of the sidebar. It changes with a call, not with the text of one. */
export function TodayMeter() {
  const ready = useAppStore((state) => state.ready)
  const spending = useAppStore((state) => state.spending)
  if (!ready) return null
  const { value, rest, meter } = todayLine(spending)
  return (
    <div className="stack g1 today">
      <div className="row xs">
        <span className="ink2">Today</span>
        <span className="end">
          {value} {rest && <span className="ink3">{rest}</span>}
        </span>
      </div>
      {meter && <Meter label="Spent today" {...meter} />}
    </div>
  )
}
