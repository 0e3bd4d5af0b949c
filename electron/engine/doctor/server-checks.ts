import type { DoctorRemedy } from '#shared/doctor/doctor.ts'
import { FailureError } from '#shared/failure.ts'
import type { JsonRecord } from '#shared/lib/json.ts'
import { presets } from '#shared/profile/presets.ts'
import { isLocalHost, withVersion } from '../backend/contract/resolve-base-url.ts'
import { identifyServer } from '../backend/servers/discover.ts'
import { listedModels } from '../backend/servers/models.ts'
import { check, failedCheck } from './check.ts'
import type { Examination } from './examination.ts'
import { countAt, recordsAt, textAt } from './json-path.ts'
import type { ProbeAnswer } from './server-probe.ts'

/** Whether anybody answers, and who it is. null = nobody: nothing else can be tried. */
export async function checkReachable(examination: Examination): Promise<ProbeAnswer | null> {
  const { probe, profile, put } = examination
  let answer: ProbeAnswer
  try {
    answer = await probe.ask(`${probe.server.address.base}/models`)
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.code === 'aborted') throw error
    put(failedCheck('reachable', error.failure, { brief: 'not reachable', remedies: startRemedy(examination) }))
    return null
  }
  const remedies: DoctorRemedy[] = []
  const versioned = answer.status === 404 ? withVersion(probe.server.address) : null
  const second = versioned ? await probe.ask(`${versioned.base}/models`) : null
  if (versioned && second && second.status !== 404) {
    answer = second
    probe.server.address = versioned
    const change = { baseUrl: versioned.base }
    remedies.push({ text: 'The base URL lacks its /v1.', apply: { label: `Use ${versioned.base}`, change } })
  }
  if (profile.kind === 'custom') {
    const found = await identifyServer(probe.server.address.base, examination.key, examination.ca)
    if (found && found.kind !== 'custom') {
      examination.kind = found.kind
      examination.proven.kind = found.kind
      probe.server.kind = found.kind
    }
  }
  const who = await whoAnswers(examination)
  const evidence = [
    who,
    `HTTP ${answer.status} from ${new URL(probe.server.address.base).pathname.replace(/\/$/, '')}/models`,
    transportWords(examination),
  ]
  put(
    check('reachable', remedies.length > 0 ? 'warning' : 'ok', evidence.filter(Boolean).join(', '), {
      ms: answer.ms,
      remedies,
      ...(remedies.length > 0 && { brief: 'base URL lacks /v1' }),
    }),
  )
  return answer
}

/** Checks the key; false = it is refused or missing: nothing behind it can be tried. */
export async function checkKey(examination: Examination, models: ProbeAnswer): Promise<boolean> {
  const { key, probe, put } = examination
  // These list their models for everybody; what they guard is asked beside it.
  const guarded = { 'llama-server': `${probe.root}/props`, openrouter: `${probe.server.address.base}/key` }
  const url = Object.entries(guarded).find(([kind]) => kind === examination.kind)?.[1]
  const answer = url && models.status < 400 ? await probe.ask(url) : models
  if (answer.status >= 400) {
    const { failure } = probe.refusal(answer)
    if (failure.code === 'auth') {
      put(refusedKey(failure, key !== null, answer.ms))
      return false
    }
    put(check('key', 'not-tried', `Not known: the server answered with HTTP ${answer.status} instead.`))
    return true
  }
  put(check('key', 'ok', key === null ? 'none needed' : 'accepted', { ms: url ? answer.ms : null }))
  return true
}

export function refusedKey(failure: FailureError['failure'], hasKey: boolean, ms: number | null) {
  return failedCheck('key', failure, {
    brief: hasKey ? 'key refused' : 'wants a key',
    ms,
  })
}

/** Finds the model in the list and whether it may be used right now. false = nothing can be asked of it. */
export async function checkModel(examination: Examination, models: ProbeAnswer): Promise<boolean> {
  const { profile, probe, put, kind } = examination
  const entries = models.status === 200 ? listedModels(models.json) : null
  if (!entries) {
    if (models.status >= 500) {
      put(failedCheck('model', probe.refusal(models).failure, { brief: 'models are not listed' }))
      return false
    }
    if (profile.model === '') {
      const what = 'The server does not list its models, and the profile names none.'
      put(
        check('model', 'problem', what, {
          brief: 'no model chosen',
          remedies: [{ text: 'Enter its name on the profile.' }],
        }),
      )
      return false
    }
    put(check('model', 'not-tried', 'The server does not list its models; the checks below show whether it is there.'))
    return true
  }
  const entry = profile.model === '' ? entries[0] : entries.find((one) => isModel(idOf(one), profile.model))
  if (!entry && (kind !== 'llama-server' || entries.length === 0)) {
    put(missingModel(examination, entries))
    return false
  }
  examination.entry = entry ?? entries[0] ?? {}
  examination.model = entry ? idOf(entry) : profile.model
  const { model } = examination
  const loaded = await isLoaded(examination)
  if (loaded === false && !(await examination.mayLoad(model))) {
    examination.wantsLoad = true
    const how = profile.contextWindow === undefined || kind !== 'ollama' ? '' : ' with the window of this profile'
    put(check('model', 'ok', `${model} is there, but not loaded${how}. It is not loaded without your word.`))
    return false
  }
  const words =
    loaded === null ? 'is listed' : loaded ? 'is there and was loaded already' : 'is there; this test loads it'
  const other = entry ? '' : `; ${idOf(examination.entry)} answers in its place`
  put(check('model', 'ok', `${model} ${words}${other}`))
  return true
}

/** null = this server does not tell, or keeps what it serves. */
async function isLoaded({ kind, profile, probe, model, entry }: Examination): Promise<boolean | null> {
  if (kind === 'ollama') {
    const running = recordsAt(await probe.readJson(`${probe.root}/api/ps`), 'models')
    const loaded = running.find((one) => one.name === model || one.model === model)
    // Asked with another window than it has, Ollama loads it again.
    const { contextWindow } = profile
    return loaded !== undefined && (contextWindow === undefined || countAt(loaded, 'context_length') === contextWindow)
  }
  if (kind === 'lm-studio') {
    const listed = recordsAt(await probe.readJson(`${probe.root}/api/v0/models`), 'data')
    const state = textAt(
      listed.find(({ id }) => id === model),
      'state',
    )
    return state === '' ? null : state === 'loaded'
  }
  // llama-server in front of several models loads them when they are asked.
  const status = kind === 'llama-server' ? textAt(entry, 'status', 'value') : ''
  return status === '' ? null : status === 'loaded'
}

function missingModel({ profile, kind }: Examination, entries: readonly JsonRecord[]) {
  const brief = 'its model is not there'
  const first = entries[0] && idOf(entries[0])
  const remedies: DoctorRemedy[] = []
  if (kind === 'ollama' && profile.model !== '') {
    remedies.push({
      text: 'Load it from Ollama’s library, then test again:',
      command: [{ text: `ollama pull ${profile.model}`, added: false }],
    })
  }
  if (first) {
    remedies.push({ text: 'Or use one that is there.', apply: { label: `Use ${first}`, change: { model: first } } })
  }
  if (!first) return check('model', 'problem', 'The server lists no model. Load one there first.', { brief, remedies })
  const listed = entries.slice(0, 5).map(idOf).join(', ')
  const more = entries.length > 5 ? ` and ${entries.length - 5} more` : ''
  return check('model', 'problem', `${profile.model} is not there. The server has ${listed}${more}.`, {
    brief,
    remedies,
  })
}

/** Name and version, where the server says them. */
async function whoAnswers({ kind, probe }: Examination): Promise<string> {
  const name = presets.find((preset) => preset.kind === kind && kind !== 'custom')?.name
  if (!name) return ''
  const version =
    kind === 'ollama'
      ? textAt(await probe.readJson(`${probe.root}/api/version`), 'version')
      : kind === 'vllm'
        ? textAt(await probe.readJson(`${probe.root}/version`), 'version')
        : kind === 'llama-server'
          ? textAt(await probe.readJson(`${probe.root}/props`), 'build_info')
          : ''
  return version ? `${name} ${version}` : name
}

function transportWords({ profile, probe }: Examination): string {
  const { hostname, protocol } = new URL(probe.server.address.base)
  if (probe.server.address.upgraded) return 'asked by https, because the host is a public one'
  const loopback = /^(localhost|127\.|\[::1\])/.test(hostname)
  if (protocol !== 'http:' || loopback) return ''
  if (isLocalHost(hostname)) return `plain http is kept because ${hostname} is a private address`
  return profile.plainHttp ? 'plain http, because the profile allows it' : ''
}

function startRemedy({ profile, kind, probe }: Examination): DoctorRemedy[] {
  const command = presets.find((preset) => preset.kind === kind)?.command
  const local = /^(localhost|127\.|\[::1\])/.test(new URL(probe.server.address.base).hostname)
  if (!command || !local || kind === 'custom') {
    return [{ text: `Look whether ${profile.baseUrl} is right and the server runs, then test again.` }]
  }
  return [{ text: 'If it is not running, start it, then test again:', command: [{ text: command, added: false }] }]
}

function idOf(entry: JsonRecord): string {
  return textAt(entry, 'id') || textAt(entry, 'name')
}

/** Ollama lists `name:latest` for what everybody calls `name`. */
function isModel(listed: string, wanted: string): boolean {
  return listed === wanted || listed === `${wanted}:latest`
}
