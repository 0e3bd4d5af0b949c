import { RotateCw } from 'lucide-react'
import type { FoundServer } from '#shared/profile.ts'
import type { RequestInput } from '#shared/requests.ts'
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
  const looking = discovery.state === 'looking'
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
        <button
          type="button"
          className="btn quiet sm end"
          // Its outcome comes by the feed.
          onClick={() => void request('discovery.look', {})}
        >
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
            {looking || discovery.state === 'idle'
              ? 'vLLM, Ollama, LiteLLM, llama-server and LM Studio appear here if they run.'
              : 'Nothing answers on the usual ports. Start a server and look again, or set one up below.'}
          </p>
        )}
      </div>
    </section>
  )
}
