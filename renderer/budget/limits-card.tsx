import { Pencil, Plus } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Standing } from '#shared/limits/budget.ts'
import { findBackend, useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'
import { AddLimit } from './add-limit.tsx'
import { LimitEditor } from './limit-editor.tsx'
import { groupLimits, groupName, groupUse, groupValue, type LimitGroup } from './limit-status.ts'

/** What runs may spend. Each row is edited in its place; one at a time. */
export function LimitsCard({ limits }: { limits: readonly Standing[] }) {
  /** The key of the row that is edited, or `add`. */
  const [open, setOpen] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const list = useRef<HTMLElement>(null)
  const back = useRef<string | null>(null)
  const groups = groupLimits(limits)

  // Who pressed a key to open or close a row goes on from there.
  useEffect(() => {
    if (open !== null || back.current === null) return
    const buttons = list.current?.querySelectorAll<HTMLElement>('[data-limit]') ?? []
    const button = [...buttons].find((one) => one.dataset.limit === back.current)
    ;(button ?? list.current?.querySelector<HTMLElement>('[data-limit="add"]'))?.focus()
    back.current = null
  }, [open])
  const close = (what: string) => {
    back.current = open
    setSaid(what)
    setOpen(null)
  }
  const edited = groups.some(({ key }) => key === open)
  useEffect(() => {
    // Its last limit went, perhaps in another window.
    if (open !== null && open !== 'add' && !edited) setOpen(null)
  }, [open, edited])

  return (
    <section className="card limits-card" aria-label="Limits" ref={list}>
      <div className="ch">
        <h2>Limits</h2>
        <span className="end">
          <button
            type="button"
            className="btn quiet sm"
            data-limit="add"
            aria-expanded={open === 'add'}
            onClick={() => setOpen(open === 'add' ? null : 'add')}
          >
            <Icon of={Plus} small />
            Add
          </button>
        </span>
      </div>
      <p className="sr" role="status">
        {said}
      </p>
      {open === 'add' && <AddLimit limits={limits} onClose={close} />}
      {groups.map((group) => (
        <LimitRow
          key={group.key}
          group={group}
          open={open === group.key}
          onOpen={() => setOpen(group.key)}
          onClose={close}
        />
      ))}
      {groups.length === 0 && open !== 'add' && (
        <p className="lim-none ink2">
          Nothing is limited. A limit stops a run before it spends more: tokens, money, calls or time.
        </p>
      )}
    </section>
  )
}

function LimitRow(props: { group: LimitGroup; open: boolean; onOpen: () => void; onClose: (said: string) => void }) {
  const { group } = props
  const profileName = useAppStore(
    ({ backends }) => findBackend(backends, group.profileId)?.profile.name ?? group.profileId ?? '',
  )
  const name = groupName(group, profileName)
  if (props.open) return <LimitEditor group={group} name={name} onClose={props.onClose} />
  return (
    <div className="lim">
      <div className="stack">
        <span>{name}</span>
        <span className={`xs ${toneOf(group)}`}>{groupUse(group)}</span>
      </div>
      <button type="button" className="btn quiet sm lim-value" data-limit={group.key} onClick={props.onOpen}>
        <span className="sr">Change {name}: </span>
        <span className="med">{groupValue(group)}</span>
        <Icon of={Pencil} small className="ink3" />
      </button>
    </div>
  )
}

function toneOf({ limits }: LimitGroup): string {
  const share = Math.max(...limits.map(({ used, allowed }) => (used === null ? 0 : used / allowed)))
  return share >= 1 ? 'c-danger' : share >= 0.8 ? 'c-warn' : 'ink3'
}
