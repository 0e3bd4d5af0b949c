import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Conf from 'conf'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FailureError, failure } from '#shared/failure.ts'
import { ProfileId } from '#shared/ids.ts'
import type { FoundServer, ModelInfo, Profile } from '#shared/profile/profile.ts'
import type { Backend } from '../backend/contract/backend.ts'
import { KeyStore } from '../secrets/key-store.ts'
import { SettingsStore } from '../settings/settings-store.ts'
import { DEMO_ID, ENVIRONMENT_ID } from './built-in-profiles.ts'
import { KnownWindows } from './known-windows.ts'
import { ProfileStore } from './profile-store.ts'

let dataFolder: string
let settings: SettingsStore
let world: World
const clock = { now: () => 1000 }

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'claw-profiles-'))
  settings = await SettingsStore.open({ dataFolder, openConf: async (options) => new Conf(options), clock })
  world = new World()
})
afterEach(() => rm(dataFolder, { recursive: true }))

/** Servers by address, and what was asked of them. */
class World {
  readonly models = new Map<string, (string | ModelInfo)[] | FailureError | Promise<ModelInfo[]>>()
  readonly connected: { baseUrl: string; model: string; key: string | null; ca?: string }[] = []
  readonly closed: string[] = []
  readonly keychain = new Map<string, string>()
  found: FoundServer[] = []
  env: Record<string, string> = {}
  demoStarts = 0

  connect = ({ profile, key, ca }: { profile: Profile; key: string | null; ca?: string }): Backend => {
    const { baseUrl, model } = profile
    this.connected.push({ baseUrl, model, key, ...(ca !== undefined && { ca }) })
    return {
      chat: () => {
        throw new Error('Nobody chats here.')
      },
      listModels: async (signal) => {
        const models =
          (await untilAborted(this.models.get(baseUrl), signal)) ??
          new FailureError(failure('unreachable', `Nothing at ${baseUrl}.`))
        if (models instanceof FailureError) throw models
        return models.map((model) => (typeof model === 'string' ? listed(model) : model))
      },
      close: async () => {
        this.closed.push(`${baseUrl} ${model}`)
      },
    }
  }
}

/** Rejects as a client does whose question is broken off. */
function untilAborted<T>(value: T, signal: AbortSignal): Promise<Awaited<T>> {
  const aborted = deferred<never>()
  const stop = () => aborted.reject(new FailureError(failure('aborted', 'Stopped.')))
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop)
  return Promise.race([value, aborted.promise])
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'

function listed(id: string) {
  return { id, contextWindow: null, maxOutputTokens: null, inputCostPerMillion: null, outputCostPerMillion: null }
}

function open(): ProfileStore {
  const { keychain } = world
  return new ProfileStore({
    settings,
    windows: new KnownWindows(dataFolder),
    onDefect: (error) => {
      throw error
    },
    env: world.env,
    clock,
    keys: new KeyStore({
      dataFolder,
      env: world.env,
      keychain: {
        available: async () => true,
        read: async (account) => keychain.get(account) ?? null,
        write: async (account, key) => void keychain.set(account, key),
        remove: async (account) => void keychain.delete(account),
      },
    }),
    connect: world.connect,
    discover: async () => world.found,
    identify: async (baseUrl) => world.found.find((server) => server.baseUrl === baseUrl) ?? null,
    startDemo: async () => {
      world.demoStarts++
      return { baseUrl: 'http://demo/v1', close: async () => undefined }
    },
  })
}

const work: Profile = {
  id: ProfileId.parse('work'),
  name: 'Work',
  kind: 'vllm',
  baseUrl: 'http://gpu:8000/v1',
  model: '',
  key: { source: 'none' },
}
const home: Profile = { ...work, id: ProfileId.parse('home'), name: 'Home', baseUrl: 'http://home/v1', model: 'm' }

async function refusal(action: () => Promise<unknown>) {
  try {
    await action()
  } catch (error) {
    if (error instanceof FailureError) return [error.failure.code, error.failure.message]
    throw error
  }
  throw new Error('It should have been refused.')
}

describe('the profiles', () => {
  it('are in order, and the first saved one is what a new chat gets', async () => {
    world.env = { OPENAI_BASE_URL: 'http://env/v1' }
    const profiles = open()
    await profiles.save(work)
    await profiles.save(home)
    expect(profiles.statuses().map(({ profile, origin }) => [profile.id, origin])).toEqual([
      ['environment', 'environment'],
      ['work', 'saved'],
      ['home', 'saved'],
      ['demo', 'built-in'],
    ])
    expect([profiles.active()?.id, settings.get().defaultProfileId]).toEqual(['environment', 'work'])
  })

  it('are still there after a restart, and so is the choice', async () => {
    const profiles = open()
    await profiles.save(work)
    await profiles.save(home)
    await profiles.use(home.id)
    const after = open()
    expect([after.get('work'), after.active()]).toEqual([work, home])
  })

  it('are the default from the first real one on, whatever the demo was before', async () => {
    const profiles = open()
    await profiles.use(ProfileId.parse('demo'))
    const atFirst = profiles.active()?.id
    await profiles.save(work)
    expect([atFirst, profiles.active()?.id, settings.get().defaultProfileId]).toEqual(['demo', 'work', 'work'])
    expect(await refusal(() => profiles.use(ProfileId.parse('demo')))).toEqual([
      'invalid-input',
      'The demo is for a first look: it cannot be the default while there is Work. Choose it for one chat.',
    ])
  })

  it('stay as they were chosen, or not, when another one is edited or added', async () => {
    const profiles = open()
    for (const one of [work, home]) await profiles.save(one)
    const third = { ...home, id: ProfileId.parse('third'), name: 'Third' }
    await profiles.save(third)
    await profiles.remove(work.id)
    expect([settings.get().defaultProfileId, profiles.active()?.id]).toEqual([null, 'home'])
    await profiles.save({ ...third, temperature: 0.5 })
    await profiles.add([{ ...home, id: ProfileId.parse('fourth'), name: 'Fourth' }])
    expect([settings.get().defaultProfileId, profiles.active()?.id]).toEqual([null, 'home'])
  })

  it('that are imported take the place of the demo too', async () => {
    const profiles = open()
    await profiles.use(ProfileId.parse('demo'))
    await profiles.add([home])
    expect([profiles.active()?.id, settings.get().defaultProfileId]).toEqual(['home', 'home'])
  })

  it('name a stand-in that is there and another one, until that is removed', async () => {
    const profiles = open()
    await profiles.save(work)
    await profiles.save({ ...home, fallbackProfileId: work.id })
    const wrong = [
      await refusal(() => profiles.save({ ...home, fallbackProfileId: home.id })),
      await refusal(() => profiles.save({ ...home, fallbackProfileId: ProfileId.parse('gone') })),
    ]
    await profiles.remove(work.id)
    expect([wrong, profiles.get('home')]).toEqual([
      [
        ['invalid-input', 'Home cannot stand in for itself. Choose another profile.'],
        ['invalid-input', 'There is no profile gone that could stand in for Home.'],
      ],
      home,
    ])
  })

  it('are added all or none', async () => {
    const profiles = open()
    await profiles.save(work)
    const other = { ...home, id: ProfileId.parse('other') }
    const refused = await refusal(() => profiles.add([home, { ...other, name: 'HOME' }]))
    const before = profiles.get('home')
    await profiles.add([
      { ...home, fallbackProfileId: other.id },
      { ...other, name: 'Other' },
    ])
    expect([refused, before, profiles.list().map(({ id }) => id)]).toEqual([
      ['invalid-input', 'There already is a profile called HOME. Choose another name.'],
      undefined,
      ['work', 'home', 'other', 'demo'],
    ])
  })

  it('can be removed, with the key', async () => {
    const profiles = open()
    await profiles.save(work, { key: 'k' })
    expect([profiles.get('work')?.key, world.keychain.size]).toEqual([{ source: 'keychain' }, 1])
    await profiles.remove(work.id)
    expect([profiles.get('work'), profiles.active(), world.keychain.size]).toEqual([undefined, null, 0])
  })

  it('drop a stored key that is not used any more', async () => {
    const profiles = open()
    const saved = await profiles.save(work, { key: 'k' })
    await profiles.save({ ...saved, key: { source: 'env', name: 'WORK_KEY' } })
    expect(world.keychain.size).toBe(0)
  })

  it.each([
    ['an address that is none', { ...work, baseUrl: 'gpu:8000' }, /not a web address/],
    ['another scheme', { ...work, baseUrl: 'file:///etc' }, /not a web address/],
    ['a password in the address', { ...work, baseUrl: 'http://me:secret@gpu/v1' }, /Leave user and password out/],
    ['a name that is taken', { ...work, name: ' home ' }, /already is a profile called home/],
    ['a blank name', { ...work, name: ' ' }, /Give the profile a name/],
    ['the id of the environment', { ...work, id: ENVIRONMENT_ID }, /comes from the environment/],
    ['the demo', { ...work, kind: 'demo' as const }, /built in/],
  ])('refuse %s', async (_what, profile, message) => {
    const profiles = open()
    await profiles.save(home)
    expect(await refusal(() => profiles.save(profile))).toEqual(['invalid-input', expect.stringMatching(message)])
  })

  it('that are built in stay', async () => {
    expect((await refusal(() => open().remove(DEMO_ID)))[0]).toBe('invalid-input')
  })
})

describe('the client of a profile', () => {
  it('is made once, with the key and the first model that the server lists', async () => {
    world.models.set(work.baseUrl, ['first', 'second'])
    const profiles = open()
    await profiles.save(work, { key: 'k' })
    const [one, two] = await Promise.all([profiles.backendFor(work.id), profiles.backendFor(work.id)])
    expect([one.backend === two.backend, one.profile.model]).toEqual([true, 'first'])
    expect(world.connected).toEqual([
      { baseUrl: work.baseUrl, model: '', key: 'k' },
      { baseUrl: work.baseUrl, model: 'first', key: 'k' },
    ])
  })

  it('follows the overrides of a run', async () => {
    const profiles = open()
    await profiles.save(home)
    const overrides = { model: 'other', temperature: 0.5, baseUrl: undefined }
    expect((await profiles.backendFor(home.id, overrides)).profile).toEqual({
      ...home,
      model: 'other',
      temperature: 0.5,
    })
  })

  it('has the prices that the server lists, unless the profile has its own', async () => {
    world.models.set(home.baseUrl, [{ ...listed('m'), inputCostPerMillion: 0.5, outputCostPerMillion: 2 }])
    const profiles = open()
    await profiles.save(home)
    await profiles.check(home.id)
    const prices = async (overrides?: { inputCostPerMillion: number }) => {
      const { profile } = await profiles.backendFor(home.id, overrides)
      return [profile.inputCostPerMillion, profile.outputCostPerMillion]
    }
    expect([await prices(), await prices({ inputCostPerMillion: 9 })]).toEqual([
      [0.5, 2],
      [9, undefined],
    ])
  })

  it('knows the window from what any process heard of the server, be it a look, a form or the first of its models', async () => {
    const windowed = (id: string, contextWindow: number) => ({ ...listed(id), contextWindow })
    const windowOf = async (profile: Profile) => (await open().backendFor(profile.id)).listedWindow
    world.models.set(home.baseUrl, [windowed('other', 1), windowed('m', 8192)])
    world.models.set(work.baseUrl, [windowed('first', 4096)])
    const profiles = open()
    await profiles.save(home)
    await profiles.check(home.id)
    await profiles.save(work, { key: 'k' })
    await profiles.backendFor(work.id)
    const form: Profile = { ...home, id: ProfileId.parse('form'), name: 'Form', baseUrl: 'http://form:8000/v1' }
    world.models.set(form.baseUrl, [windowed('m', 16_384)])
    await profiles.probe({ baseUrl: form.baseUrl })
    await profiles.save(form)
    expect([await windowOf(home), await windowOf(work), await windowOf(form)]).toEqual([8192, 4096, 16_384])
  })

  it('asks for a window that nobody knows beside the first call, and waits for nothing', async () => {
    const said = deferred<ModelInfo[]>()
    world.models.set(home.baseUrl, said.promise)
    const profiles = open()
    await profiles.save(home)
    expect((await profiles.backendFor(home.id)).listedWindow).toBe(undefined)
    said.resolve([{ ...listed('m'), contextWindow: 8192 }])
    await profiles.check(home.id)
    expect((await profiles.backendFor(home.id)).listedWindow).toBe(8192)
    // A window that the person set is not asked for.
    const before = world.connected.length
    const own = { ...home, id: ProfileId.parse('own'), name: 'Own', baseUrl: 'http://own/v1', contextWindow: 4096 }
    await profiles.save(own)
    await profiles.backendFor(own.id)
    expect(world.connected.slice(before).map(({ baseUrl }) => baseUrl)).toEqual(['http://own/v1'])
  })

  it('waits for the prices of a server that is just being asked', async () => {
    const said = deferred<ModelInfo[]>()
    world.models.set(home.baseUrl, said.promise)
    const profiles = open()
    await profiles.save({ ...home, kind: 'openrouter' })
    // It is asked for its window, beside the call.
    await profiles.backendFor(home.id)
    const priced = profiles.backendFor(home.id, undefined, true)
    said.resolve([{ ...listed('m'), inputCostPerMillion: 0.5, outputCostPerMillion: 2 }])
    expect((await priced).profile).toMatchObject({ inputCostPerMillion: 0.5, outputCostPerMillion: 2 })
  })

  it('leaves no question for a window open when it is closed', async () => {
    world.models.set(home.baseUrl, deferred<ModelInfo[]>().promise)
    const profiles = open()
    await profiles.save(home)
    await profiles.backendFor(home.id)
    const checked = profiles.check(home.id)
    await profiles.close()
    await checked
    expect(profiles.statuses().find(({ profile }) => profile.id === home.id)?.failure?.code).toBe('aborted')
  })

  it('has what the server lists for cached input too, unless the profile says', async () => {
    const prices = { inputCostPerMillion: 0.5, outputCostPerMillion: 2, cachedInputCostPerMillion: 0.05 }
    world.models.set(home.baseUrl, [{ ...listed('m'), ...prices }])
    const profiles = open()
    const cached = async (profile: Profile) => {
      await profiles.save(profile)
      await profiles.check(profile.id)
      return (await profiles.backendFor(profile.id)).profile.cachedInputCostPerMillion
    }
    expect([await cached(home), await cached({ ...home, cachedInputCostPerMillion: 0.2 })]).toEqual([0.05, 0.2])
  })

  it('trusts the CA file of the profile, and says what is wrong with it', async () => {
    world.models.set(home.baseUrl, ['m'])
    const profiles = open()
    const file = join(dataFolder, 'ca.pem')
    const using = async (caFile: string, text?: string) => {
      if (text !== undefined) await writeFile(file, text)
      await profiles.save({ ...home, caFile })
      return profiles.backendFor(home.id).then(
        () => world.connected.at(-1)?.ca,
        (error: unknown) => (error instanceof FailureError ? error.failure.message : error),
      )
    }
    expect([await using('ca.pem'), await using(file), await using(file, 'x'), await using(file, CERTIFICATE)]).toEqual([
      'The CA file of Home has to be a full path, not "ca.pem".',
      `The CA file of Home cannot be read: ${file}. Check the path in the profile.`,
      `The CA file of Home holds no certificate in PEM form: ${file}.`,
      CERTIFICATE,
    ])
  })

  it('is made anew after the profile or its key changed, while a running call goes on with the old one', async () => {
    const profiles = open()
    const known = { ...home, contextWindow: 4096 }
    await profiles.save(known, { key: 'old' })
    await profiles.backendFor(home.id)
    await profiles.save(known, { key: 'new' })
    await profiles.backendFor(home.id)
    expect(world.connected.map(({ key }) => key)).toEqual(['old', 'new'])
    expect(world.closed).toEqual([])
    await profiles.close()
    expect(world.closed).toEqual(['http://home/v1 m'])
  })

  it('is tried again after a failure', async () => {
    const profiles = open()
    await profiles.save(work)
    const failed = await refusal(() => profiles.backendFor(work.id))
    world.models.set(work.baseUrl, ['first'])
    expect([failed[0], (await profiles.backendFor(work.id)).profile.model]).toEqual(['unreachable', 'first'])
  })

  it('is refused where the server has no model, the key is gone, or the profile is', async () => {
    world.models.set(work.baseUrl, [])
    const profiles = open()
    await profiles.save(work)
    await profiles.save({ ...home, key: { source: 'env', name: 'HOME_KEY' } })
    const gone = ProfileId.parse('gone')
    expect([
      await refusal(() => profiles.backendFor(work.id)),
      await refusal(() => profiles.backendFor(home.id)),
      await refusal(() => profiles.backendFor(gone)),
    ]).toEqual([
      ['unknown-model', expect.stringContaining('lists no model')],
      ['auth', expect.stringContaining('HOME_KEY')],
      ['not-found', expect.stringContaining('gone')],
    ])
  })

  it('of the demo starts the demo once', async () => {
    const profiles = open()
    await Promise.all([profiles.backendFor(DEMO_ID), profiles.backendFor(DEMO_ID, { temperature: 1 })])
    expect([world.demoStarts, world.connected.map(({ baseUrl }) => baseUrl)]).toEqual([
      1,
      ['http://demo/v1', 'http://demo/v1'],
    ])
  })
})

describe('the status of a profile', () => {
  const reach = (profiles: ProfileStore) =>
    profiles
      .statuses()
      .map(({ profile, reach, failure, models, checkedAt }) => [
        profile.id,
        reach,
        failure?.code ?? null,
        models.map(({ id }) => id),
        checkedAt,
      ])

  it('is what the server said when it was asked', async () => {
    world.models.set(work.baseUrl, ['first'])
    const profiles = open()
    await profiles.save(work)
    await profiles.save(home)
    const before = reach(profiles)
    const checking = profiles.checkUnknown()
    const during = reach(profiles)
    await checking
    expect([before[0], during[0], ...reach(profiles)]).toEqual([
      ['work', 'unknown', null, [], null],
      ['work', 'checking', null, [], null],
      ['work', 'ready', null, ['first'], 1000],
      ['home', 'failed', 'unreachable', [], 1000],
      ['demo', 'ready', null, [], null],
    ])
  })

  it('is also what the calls of its model say: it went away, it came back', async () => {
    world.models.set(work.baseUrl, ['first'])
    const profiles = open()
    await profiles.save(work)
    await profiles.check(work.id)
    const seen = []
    for (const code of ['invalid-request', 'transport', 'aborted', null] as const) {
      profiles.noteReach(work.id, code && failure(code, 'What happened.'))
      seen.push(reach(profiles)[0])
    }
    expect(seen).toEqual([
      ['work', 'ready', null, ['first'], 1000],
      ['work', 'failed', 'transport', ['first'], 1000],
      ['work', 'failed', 'transport', ['first'], 1000],
      ['work', 'ready', null, ['first'], 1000],
    ])
  })

  it('of a profile that changed meanwhile is not taken from the old server', async () => {
    world.models.set(work.baseUrl, ['old'])
    const profiles = open()
    await profiles.save(work)
    const checking = profiles.check(work.id)
    await profiles.save({ ...work, baseUrl: 'http://elsewhere/v1' })
    await checking
    expect(reach(profiles)[0]).toEqual(['work', 'unknown', null, [], null])
  })
})

describe('with nothing configured', () => {
  const llama: FoundServer = {
    kind: 'llama-server',
    baseUrl: 'http://127.0.0.1:8080/v1',
    state: 'ready',
    models: [listed('m')],
  }

  it('the window saves and uses the server that it found', async () => {
    world.found = [llama]
    const profiles = open()
    const states: string[] = []
    profiles.onChange(() => states.push(profiles.discovery().state))
    await profiles.ensureActive({ save: true })
    expect([profiles.active()?.name, settings.get().profiles.length, states.slice(0, 2)]).toEqual([
      'llama-server',
      1,
      ['looking', 'done'],
    ])
  })

  it('the terminal uses it without saving it', async () => {
    world.found = [llama]
    const profiles = open()
    const found = await profiles.ensureActive({ save: false })
    expect([found?.id, profiles.active()?.id, profiles.get('llama-server'), settings.get().profiles]).toEqual([
      'llama-server',
      'llama-server',
      found,
      [],
    ])
  })

  it('and nothing found, nothing is chosen', async () => {
    expect(await open().ensureActive({ save: true })).toBe(null)
  })

  it('a choice made while it looked counts', async () => {
    world.found = [llama]
    const profiles = open()
    const looking = profiles.ensureActive({ save: true })
    await profiles.use(DEMO_ID)
    expect([(await looking)?.id, settings.get().profiles]).toEqual(['demo', []])
  })
})

describe('probing an address', () => {
  it('tells what answers and its models', async () => {
    world.found = [{ kind: 'vllm', baseUrl: 'http://gpu:8000/v1', state: 'ready', models: [] }]
    world.models.set('http://gpu:8000/v1', ['first'])
    const { server, models } = await open().probe({ baseUrl: 'http://gpu:8000/v1/', key: 'k' })
    expect([server?.kind, models.map(({ id }) => id), world.connected[0]?.key]).toEqual(['vllm', ['first'], 'k'])
  })

  it('gives a stored key only to the server that it was stored for', async () => {
    const profiles = open()
    await profiles.save(work, { key: 'k' })
    world.models.set('http://gpu:8000/v2', []).set('http://evil:8000/v1', [])
    await profiles.probe({ baseUrl: 'http://gpu:8000/v2', profileId: work.id })
    await profiles.probe({ baseUrl: 'http://evil:8000/v1', profileId: work.id })
    expect(world.connected.map(({ baseUrl, key }) => [baseUrl, key])).toEqual([
      ['http://gpu:8000/v2', 'k'],
      ['http://evil:8000/v1', null],
    ])
  })
})
