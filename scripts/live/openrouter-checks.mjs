// @ts-check
import { textOf, warningsOf } from './person.mjs'
import { must, saysChat } from './scripted.mjs'

/** What only OpenRouter does, tried on its stand-in. @type {import('./checks.mjs').Check[]} */
export const openRouterChecks = [
  {
    name: 'app headers and routing',
    run: async ({ person, server }) => {
      await saysChat(person, 'hello')
      const seen = /** @type {import('./openrouter-stand-in.mjs').Seen[]} */ (/** @type {any} */ (server).seen)
      const headers = seen.at(-1)?.headers ?? {}
      const named = headers['x-openrouter-title'] === 'Claw Code Agent' && headers['http-referer'] !== undefined
      const run = await withRouting(person, { only: ['nobody'] })
      must(run, named, 'the app is not named')
      must(run, run.end.failure?.code === 'unknown-model', 'not said that nobody serves it')
    },
  },
  {
    name: 'no credits',
    run: async ({ person }) => {
      const run = await person.agent('hello', ['--model', 'small:broke'])
      must(run, run.code === 1 && run.end.failure?.code === 'credits', 'not credits')
      const poor = await person.agent('hello', ['--model', 'small:poor'])
      must(poor, poor.end.failure?.code === 'credits' && poor.end.failure.message.includes('300'), 'the number is lost')
    },
  },
  {
    name: 'rate limit, then an answer',
    run: async ({ person }) => {
      const run = await saysChat(person, 'hello', ['--model', 'small:busy'])
      must(run, warningsOf(run).join() === 'retry', 'nothing was said')
    },
  },
  {
    name: 'an error in mid-stream',
    run: async ({ person }) => {
      const run = await person.agent('#markdown', ['--model', 'small:dies'])
      must(run, run.code === 1 && run.end.failure?.code === 'server-error', 'not server-error')
      must(run, textOf(run, 'text-delta') !== '', 'what had come is gone')
      must(run, run.end.modelCalls === 1, 'asked again after it had begun')
    },
  },
  {
    name: 'a model without tools',
    run: async ({ person }) => {
      const run = await person.agent('hello', ['--model', 'small:toolless'])
      must(run, run.code === 1 && run.end.failure?.code === 'tools-unsupported', 'not tools-unsupported')
    },
  },
]

/** @param {import('./person.mjs').Person} person @param {Record<string, unknown>} routing */
async function withRouting(person, routing) {
  const route = ['profiles', 'set', 'live', '--provider-routing', JSON.stringify(routing)]
  const set = await person.claw(route)
  must(set, set.code === 0, `claw ${route.join(' ')} failed`)
  const run = await person.agent('hello')
  await person.claw(['profiles', 'set', 'live', '--clear', 'provider-routing'])
  return run
}
