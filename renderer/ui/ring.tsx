import { useEffect, useRef } from 'react'

/** Steps of one turn, which takes a second. A smooth turn would draw the window sixty times a second for as long as a model thinks. */
const STEPS = 12

const stillness = window.matchMedia('(prefers-reduced-motion: reduce)')
const turning = new Set<SVGSVGElement>()
let timer: number | null = null
let step = 0

/** Turns while something runs; stands still with reduced motion. */
export function Ring(props: { small?: boolean; label?: string }) {
  const ring = useRef<SVGSVGElement>(null)
  useEffect(() => (ring.current ? turn(ring.current) : undefined), [])
  return (
    <>
      <svg ref={ring} className={`i ring c-running${props.small ? ' s' : ''}`} viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="8.5" opacity="0.22" strokeWidth="2.5" />
        <path d="M12 3.5a8.5 8.5 0 0 1 8.5 8.5" strokeWidth="2.5" />
      </svg>
      {props.label && <span className="sr">{props.label}</span>}
    </>
  )
}

/** All rings turn together, by one timer. */
function turn(ring: SVGSVGElement): () => void {
  turning.add(ring)
  timer ??= window.setInterval(tick, 1000 / STEPS)
  return () => {
    turning.delete(ring)
    if (turning.size > 0 || timer === null) return
    window.clearInterval(timer)
    timer = null
  }
}

function tick(): void {
  if (document.hidden || stillness.matches) return
  step = (step + 1) % STEPS
  for (const ring of turning) ring.style.rotate = `${(step * 360) / STEPS}deg`
}
