import { CircleAlert, CircleCheck, CircleDashed, Key } from 'lucide-react'
import { counted } from '#shared/lib/counted.ts'
import { hostOf } from '../lib/backend-state.ts'
import { useNow } from '../lib/clock.ts'
import { Icon } from '../ui/icon.tsx'
import { Ring } from '../ui/ring.tsx'
import { asksAgain, PROBE_AGAIN, type Probe } from './probe.ts'
import './probe-line.css'

/** What the address in the form answers right now, in one line. */
export function ProbeLine(props: { probe: Probe; baseUrl: string }) {
  const { probe } = props
  const now = useNow(1000)
  const again =
    probe.at === null
      ? ''
      : `checked ${Math.max(0, Math.round((now - probe.at) / 1000))} s ago, tried again every ${PROBE_AGAIN / 1000} s`
  return (
    <div className="row probe-line">
      <span className="row" role="status">
        <ProbeWords probe={probe} host={hostOf(props.baseUrl)} />
      </span>
      {asksAgain(probe) && <span className="xs ink3">{again}</span>}
    </div>
  )
}

function ProbeWords({ probe, host }: { probe: Probe; host: string }) {
  switch (probe.state) {
    case 'idle':
      return null
    case 'asking':
      return (
        <>
          <Ring />
          <span>Asking {host}.</span>
        </>
      )
    case 'loading':
      return (
        <>
          <Ring />
          <span>Answers, the model is loading.</span>
        </>
      )
    case 'answers':
      return (
        <>
          <Icon of={CircleCheck} className="c-ok" />
          <span>
            Answers, with {probe.models.length === 0 ? 'no model loaded' : counted(probe.models.length, 'model')}.
          </span>
        </>
      )
    case 'locked':
      return (
        <>
          <Icon of={Key} className="c-warn" />
          <span>Answers, and wants a key.</span>
        </>
      )
    case 'silent':
      return (
        <>
          <Icon of={CircleDashed} className="ink3" />
          <span>{wordsOfSilence(probe, host)}</span>
        </>
      )
    case 'failed':
      return (
        <>
          <Icon of={CircleAlert} className="c-danger" />
          <span>{probe.failure?.message}</span>
        </>
      )
  }
}

/** What is not there cannot be waited for: a name that nobody knows is said as such. */
function wordsOfSilence({ failure }: Probe, host: string): string {
  const [first = ''] = failure?.message.split(/(?<=\.) /) ?? []
  return first.includes('cannot be found') ? first : `Nothing answers at ${host} yet.`
}
