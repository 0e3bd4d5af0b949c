import { useRef, useState } from 'react'

const SMALLEST = 220
const WIDEST = 360
const STEP = 8

/** The edge of the sidebar: dragged, moved by the arrow keys, reset by a double click. */
export function SidebarResize(props: {
  width: number
  /** While it moves; nothing is saved yet. */
  onDrag: (width: number) => void
  onSave: (width: number) => void
  onReset: () => void
}) {
  const [dragging, setDragging] = useState(false)
  const start = useRef(props.width)
  const last = useRef(props.width)
  const move = (width: number) => {
    last.current = Math.round(Math.min(WIDEST, Math.max(SMALLEST, width)))
    props.onDrag(last.current)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be dragged or take the keys of a window splitter.
    <div
      className="frame-resize"
      role="separator"
      tabIndex={0}
      aria-label="Width of the sidebar"
      aria-orientation="vertical"
      aria-controls="sidebar"
      aria-valuemin={SMALLEST}
      aria-valuemax={WIDEST}
      aria-valuenow={props.width}
      data-dragging={dragging || undefined}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = props.width
        last.current = props.width
        setDragging(true)
      }}
      onPointerMove={(event) => dragging && move(event.clientX)}
      onPointerUp={() => {
        setDragging(false)
        if (last.current !== start.current) props.onSave(last.current)
      }}
      onPointerCancel={() => setDragging(false)}
      onDoubleClick={props.onReset}
      onKeyDown={(event) => {
        const step = event.key === 'ArrowLeft' ? -STEP : event.key === 'ArrowRight' ? STEP : 0
        if (step === 0) return
        event.preventDefault()
        move(props.width + step)
        props.onSave(last.current)
      }}
    />
  )
}
