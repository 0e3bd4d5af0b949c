// @ts-check
import { Problem } from '../lib/problem.mjs'
import { acrossServers } from './across-servers.mjs'
import { checks } from './checks.mjs'
import { lastChecks } from './last-checks.mjs'
import { addProfile, Person } from './person.mjs'
import { Missed } from './scripted.mjs'
import { becomesQuiet, startOther } from './servers.mjs'
import { windowJourney } from './window.mjs'

/**
 * @typedef {{ state: 'ok' | 'missed' | 'none', remark?: string }} Cell `none` = there is nothing to check on this server
 * @typedef {Map<string, Cell>} Cells by the name of the check
 */

/**
 * @typedef {object} JourneyOptions
 * @property {string[]} only names of checks; empty = all
 * @property {boolean} window
 * @property {import('./recorder.mjs').Recorder | null} recorder
 * @property {(name: string, cell: Cell) => void} tell
 */

/**
 * Everything on one running server: the terminal program, the window, and what happens when the server goes.
 *
 * @param {import('./servers.mjs').Column} column
 * @param {import('./servers.mjs').Server[]} servers
 * @param {JourneyOptions} options
 * @returns {Promise<Cells>}
 */
export async function journey(column, servers, { only, window, recorder, tell }) {
  const live = await begin(column, servers, recorder)
  /** @type {Cells} */
  const cells = new Map()
  const take = (/** @type {string} */ name, /** @type {Cell} */ cell) => {
    cells.set(name, cell)
    tell(name, cell)
  }
  const check = async (/** @type {string} */ name, /** @type {Parameters<typeof cellOf>[0]} */ run) => {
    if (only.length > 0 && !only.includes(name)) return
    recorder?.begin(name)
    take(name, await cellOf(run))
  }
  for (const { name, run, isFor } of column.own ?? [...checks, ...(column.more ?? [])]) {
    await check(name, async () => (isFor?.(live) === false ? null : await run(live)))
  }
  const drive = async () => {
    if (!window || column.window === false || (only.length > 0 && !only.includes('window'))) return
    for (const [name, cell] of await windowJourney(live.server, column)) take(name, cell)
  }
  if (column.realLanguage) await drive()
  if (column.own) return cells
  await check('a session of llama-server', () => (column.name === 'llama-server' ? null : withOther(live)))
  await drive()
  for (const { name, run } of lastChecks) await check(name, () => run(live))
  return cells
}

/**
 * @param {import('./servers.mjs').Column} column
 * @param {import('./servers.mjs').Server[]} servers
 * @param {import('./recorder.mjs').Recorder | null} recorder
 * @returns {Promise<import('./servers.mjs').Live>}
 */
async function begin(column, servers, recorder) {
  const server = servers.at(-1)
  if (!server) throw new Error(`${column.name} started nothing.`)
  const person = new Person(column.name.replaceAll(/\W+/g, '-'))
  await person.begin()
  await addProfiles(person, column, server, recorder?.address ?? server.address)
  return {
    person,
    server,
    servers,
    facts: column.facts ?? {},
    idle: () => becomesQuiet(() => column.isQuiet(servers)),
  }
}

/** @param {import('./servers.mjs').Live} live */
async function withOther(live) {
  const other = await startOther()
  try {
    live.person.env = { ...live.person.env, OTHER_KEY: other.key ?? '' }
    const address = ['--kind', 'llama-server', '--base-url', `${other.address}/v1`]
    await addProfile(live.person, ['other', ...address, '--key-env', 'OTHER_KEY'])
    return await acrossServers(live)
  } finally {
    await other.stop()
  }
}

/**
 * Runs one check; whatever it throws is its reason.
 *
 * @param {() => Promise<string | null | undefined | void> | null} run null = nothing to check here
 * @returns {Promise<Cell>}
 */
export async function cellOf(run) {
  try {
    const remark = await run()
    if (remark === null) return { state: 'none' }
    return { state: 'ok', ...(remark && { remark }) }
  } catch (error) {
    const { message, stack } = /** @type {Error} */ (error)
    return { state: 'missed', remark: error instanceof Missed || error instanceof Problem ? message : stack }
  }
}

/**
 * @param {Person} person
 * @param {import('./servers.mjs').Column} column
 * @param {import('./servers.mjs').Server} server
 * @param {string} address where the server, or what listens in between, is
 */
async function addProfiles(person, column, server, address) {
  const { kind, model = 'small', path = '/v1', profile = [], endless } = column
  const general = ['--kind', kind, '--model', model, ...profile]
  const common = [...general, '--base-url', `${address}${path}`]
  const key = server.key === null ? ['--no-key'] : ['--key-env', 'LIVE_KEY']
  person.env = { ...person.env, LIVE_KEY: server.key ?? undefined, WRONG_KEY: 'sk-wrong-0123456789' }
  const additions = [
    ['live', ...common, ...key],
    ['endless', ...common, ...key, ...(endless ? ['--extra-body', endless] : [])],
    ['short', ...common, ...key, '--max-output-tokens', '12'],
    ['direct', ...general, '--base-url', `${server.address}${path}`, ...key],
    ['stranger', ...common, '--key-env', 'WRONG_KEY'],
  ]
  for (const flags of additions) await addProfile(person, flags)
  const { code, side } = await person.claw(['profiles', 'use', 'live'])
  if (code !== 0) throw new Problem(`claw profiles use live ended with ${code}: ${side.trim()}`)
}
