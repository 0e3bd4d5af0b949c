/** The little square that says where a number comes from: solid, hatched, or hollow. */
export function Swatch(props: {
  kind: 'reported' | 'estimated' | 'unknown'
  tone?: 'chart' | 'warn' | 'danger' | 'accent'
}) {
  const shape = props.kind === 'estimated' ? ' est' : props.kind === 'unknown' ? ' unk' : ''
  return <span className={`sw${shape}${props.tone ? ` tone-${props.tone}` : ''}`} aria-hidden="true" />
}

/** A swatch and its word or number. */
export function Legend(props: Parameters<typeof Swatch>[0] & { children: string; reader?: string }) {
  const { children, reader, ...swatch } = props
  return (
    <span className="row legend">
      <Swatch {...swatch} />
      {children}
      {reader && <span className="sr">{reader}</span>}
    </span>
  )
}
