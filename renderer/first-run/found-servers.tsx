import { RotateCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Discovery } from '#shared/feed/app-state.ts'
import type { RequestInput } from '#shared/feed/requests.ts'
import type { FoundServer } from '#shared/profile/profile.ts'
import { request } from '../bridge/bridge.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'
import { Ring } from '../ui/ring.tsx'
import { canUse, foundWords, profileOfFound, wantsKey } from './found-server.ts'

/** What answers on the usual ports of this computer, each with one button. */
export function FoundServers(props: {
  onUse: (input: RequestInput<'profile.save'>) => void
  /** One that needs more than a click. */
  onSetUp: (server: FoundServer) => void
}) {
  const discovery = useAppStore((state) => state.discovery)
  const backends = useAppStore((state) => state.backends)
  const usable = discovery.servers.some(canUse)
  const { looking, discover } = useDiscovery(discovery.state, !usable)
  const primary = discovery.servers.find(canUse)
  return (
    <section className="stack g2" aria-labelledby="found-title">
      <div className="row found-head">
        <h2 className="med" id="found-title">
          Found on this computer
        </h2>
        <span className="xs ink3 row found-state" role="status">
          {looking && (
            <>
              <Ring small />
              looking at the usual ports
            </>
          )}
        </span>
        <button type="button" className="btn quiet sm end" onClick={discover}>
          <Icon of={RotateCw} small />
          Look again
        </button>
      </div>
      <div className="card">
        {discovery.servers.map((server) => {
          const { name, badge, text } = foundWords(server)
          return (
            <div key={server.baseUrl} className="opt found">
              <span className={`dot ${canUse(server) ? 'ok' : 'warn'}`} aria-hidden="true" />
              <div className="grow">
                <div className="row">
                  {name}
                  {badge && <span className={`badge ${badge.tone}`}>{badge.text}</span>}
                </div>
                <div>{text}</div>
              </div>
              {wantsKey(server) ? (
                <button type="button" className="btn" onClick={() => props.onSetUp(server)}>
                  Set a key
                </button>
              ) : (
                <button
                  type="button"
                  className={`btn${server === primary ? ' primary' : ''}`}
                  disabled={!canUse(server)}
                  onClick={() =>
                    props.onUse(
                      profileOfFound(
                        server,
                        backends.map(({ profile }) => profile),
                      ),
                    )
                  }
                >
                  Use {name}
                </button>
              )}
            </div>
          )
        })}
        {discovery.servers.length === 0 && (
          <p className="found-none ink2">
            {looking
              ? 'vLLM, Ollama, LiteLLM, llama-server and LM Studio appear here if they run.'
              : `Nothing answers on the usual ports, which are asked again every ${AGAIN / 1000} s. Start a server, or set one up below.`}
          </p>
        )}
      </div>
    </section>
  )
}

/** Milliseconds until it is looked again by itself, while nothing can be used. */
const AGAIN = 5000

/** Looks by hand and by itself; `looking` only tells of the first time and of those that a person asked for. */
function useDiscovery(state: Discovery['state'], again: boolean): { looking: boolean; discover: () => void } {
  const [asked, setAsked] = useState(true)
  useEffect(() => {
    if (state === 'done') setAsked(false)
  }, [state])
  useEffect(() => {
    if (!again) return
    const timer = window.setInterval(() => {
      // Its outcome comes by the feed.
      if (!document.hidden) void request('discovery.look', {})
    }, AGAIN)
    return () => window.clearInterval(timer)
  }, [again])
  const discover = () => {
    setAsked(true)
    void request('discovery.look', {})
  }
  return { looking: asked && state !== 'done', discover }
}
