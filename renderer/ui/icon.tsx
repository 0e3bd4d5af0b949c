import type { LucideIcon } from 'lucide-react'

export type IconShape = LucideIcon

/** 16 px, or 14 when `small`. Hidden from readers unless it carries a `label` of its own. */
export function Icon(props: { of: IconShape; small?: boolean; className?: string; label?: string }) {
  const { of: Shape, small, className, label } = props
  return (
    <>
      <Shape className={['i', small && 's', className].filter(Boolean).join(' ')} aria-hidden="true" />
      {label && <span className="sr">{label}</span>}
    </>
  )
}
