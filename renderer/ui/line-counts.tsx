import { counted } from '#shared/lib/counted.ts'
import { formatWhole } from '../lib/format.ts'

/** "+38 −12", and in words for readers. */
export function LineCounts({ added, removed }: { added: number; removed: number }) {
  return (
    <>
      <span className="plus" aria-hidden="true">
        +{formatWhole(added)}
      </span>
      <span className="minus" aria-hidden="true">
        −{formatWhole(removed)}
      </span>
      <span className="sr">
        {counted(added, 'line')} added, {formatWhole(removed)} removed
      </span>
    </>
  )
}
