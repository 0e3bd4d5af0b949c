import { Search } from 'lucide-react'
import { useState } from 'react'
import type { Failure } from '#shared/failure.ts'
import type { BackendStatus } from '#shared/feed/app-state.ts'
import { counted } from '#shared/lib/counted.ts'
import { request } from '../bridge/bridge.ts'
import { canWords, chosenModel, dollars, modelIsMissing, prices, tokens } from '../lib/backend-state.ts'
import { Icon } from '../ui/icon.tsx'

/** More than this are found by a search; OpenRouter lists several hundred. */
const SHOWN = 60
const SEARCH_FROM = 8

const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** The models as the server lists them; a saved profile can be given another one here. */
export function ModelsTable(props: { backend: BackendStatus; onProblem: (problem: Failure | null) => void }) {
  const { backend } = props
  const { profile, models, checkedAt } = backend
  const [search, setSearch] = useState('')
  const chosen = chosenModel(backend)
  const found = models.filter(({ id }) => id.toLowerCase().includes(search.trim().toLowerCase()))
  const shown = found.slice(0, SHOWN)
  const editable = backend.origin === 'saved'

  const choose = async (model: string) => {
    const reply = await request('profile.save', { profile: { ...profile, model } })
    props.onProblem(reply.ok ? null : reply.failure)
  }

  return (
    <section className="card" aria-label="Models">
      <div className="ch">
        <h2>Models</h2>
        <span className="xs ink3">
          {models.length > 0 && `${models.length} from the server`}
          {checkedAt !== null && models.length > 0 && `, read ${clockTime.format(checkedAt)}`}
        </span>
        {models.length >= SEARCH_FROM && (
          <span className="field soft end models-search">
            <Icon of={Search} small className="ink3" />
            <input
              aria-label="Search models"
              placeholder="Search"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          </span>
        )}
      </div>
      {modelIsMissing(backend) && (
        <p className="models-line c-warn">
          The server does not list <span className="mono">{profile.model}</span>, the model of this profile
          {editable ? '. Use one of these, or load it on the server.' : '.'}
        </p>
      )}
      {models.length === 0 ? (
        <p className="models-line ink2">{emptyWords(backend)}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls sideways has to be reachable by keys.
        <section className="models-scroll" tabIndex={0} aria-label="Table of models">
          <table className="tbl">
            <caption className="sr">Models of this server</caption>
            <thead>
              <tr>
                <th>Model</th>
                <th className="num">Window</th>
                <th className="num">Max answer</th>
                <th>Can</th>
                <th className="num">Price in / out per M</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((model) => (
                <tr key={model.id}>
                  <td>
                    <span className="mono">{model.id}</span>{' '}
                    {model.id === chosen ? (
                      <span className="badge accent">chosen</span>
                    ) : (
                      editable && (
                        <button
                          type="button"
                          className="btn quiet sm"
                          aria-label={`Use ${model.id}`}
                          onClick={() => void choose(model.id)}
                        >
                          Use
                        </button>
                      )
                    )}
                  </td>
                  <td className={model.contextWindow === null ? 'num ink3' : 'num'}>
                    {tokens(model.contextWindow)}
                    {model.modelWindow !== undefined && model.modelWindow !== model.contextWindow && (
                      <span className="xs ink3 models-max">model: {tokens(model.modelWindow)}</span>
                    )}
                  </td>
                  <td className={model.maxOutputTokens === null ? 'num ink3' : 'num'}>
                    {tokens(model.maxOutputTokens)}
                  </td>
                  <td className="ink2 nowrap">{canWords(model)}</td>
                  <td className="num ink2 nowrap">
                    {prices(model, profile)}
                    <CachedPrice amount={profile.cachedInputCostPerMillion ?? model.cachedInputCostPerMillion} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {models.length > 0 && found.length === 0 && <p className="models-line ink2">No model has this in its name.</p>}
      {found.length > shown.length && (
        <p className="models-line xs ink3">
          {counted(found.length - shown.length, 'more model')}; search to find{' '}
          {found.length - shown.length === 1 ? 'it' : 'them'}.
        </p>
      )}
    </section>
  )
}

function CachedPrice({ amount }: { amount: number | undefined }) {
  return amount === undefined ? null : <span className="xs ink3 models-max">cached {dollars(amount)}</span>
}

function emptyWords({ reach }: BackendStatus): string {
  switch (reach) {
    case 'checking':
      return 'Asking the server…'
    case 'ready':
      return 'The server answers but lists no models. Load one there, then check again.'
    case 'failed':
      return 'Its models appear here once the server answers.'
    case 'unknown':
      return 'Its models appear here once the server has been asked.'
  }
}
