// @ts-check
import { acrossServers } from './across-servers.mjs'
import { addProfile, textOf, toolsOf, warningsOf } from './person.mjs'
import { Missed, must, saysChat, scripted } from './scripted.mjs'

/** What is particular about a server that was started in another way. */

/** @typedef {import('./checks.mjs').Check} Check */

/** @param {string[]} words that the failure must hold @returns {Check[]} */
export function toolsRefused(words) {
  return [
    {
      name: 'tools refused',
      run: async ({ person }) => {
        const run = await person.agent('hello')
        must(run, run.code === 1 && run.end.failure?.code === 'tools-unsupported', 'not tools-unsupported')
        const { message } = run.end.failure
        must(
          run,
          words.every((word) => message.includes(word)),
          'no remedy',
        )
        return message
      },
    },
    { name: 'doctor', run: doctorSays(1, /✗ Tool calls .*/) },
  ]
}

/**
 * The parser takes `<think>` out, and takes whole answers of a model that does not think for reasoning.
 *
 * @type {Check[]}
 */
export const reasoningField = [
  {
    name: '#think',
    run: (live) =>
      scripted(live, '#think', {
        tools: [],
        says: 'The answer is 4.',
        also: (run) => must(run, textOf(run, 'reasoning-delta').trim() === 'Two and two make four.', 'no reasoning'),
      }),
  },
  {
    name: 'answer as reasoning',
    run: async ({ person }) => {
      const run = await saysChat(person, 'hello')
      must(run, warningsOf(run).join() === 'answer-in-reasoning', 'nothing was said')
      return `warning ${warningsOf(run)[0]}`
    },
  },
  {
    name: '#write',
    run: (live) => scripted(live, '#write', { tools: ['write_file'], says: 'notes.txt is written.' }),
  },
  { name: 'doctor', run: doctorSays(0, /[!✓] Reasoning .*/) },
]

/**
 * Hardly more than the agent's own words and tools fits: what does not is refused, as the client asked for, and said.
 *
 * @type {Check[]}
 */
export const windowTooSmall = [
  { name: 'chat', run: async ({ person }) => void (await saysChat(person, 'hello')) },
  {
    name: 'longer than the window',
    run: async ({ person }) => {
      const run = await person.agent(`hello ${'many words follow each other here '.repeat(300)}`, ['--max-turns', '3'])
      must(run, run.code === 1 && run.end.failure?.code === 'context-overflow', 'not context-overflow')
      return run.end.failure.message
    },
  },
  { name: 'doctor', run: doctorSays(0, /! Context window .*/) },
]

/** @type {Check[]} */
export const longStream = [
  {
    name: 'a long stream',
    run: async ({ person }) => {
      const run = await person.agent('Tell a long story.', ['--max-output-tokens', '1200'])
      must(run, run.code === 0 || run.end.budget?.limit === 'outputTokens', 'failed')
      const { outputTokens } = run.end.usage
      must(run, outputTokens > 200 && textOf(run, 'text-delta') === run.end.finalText, 'not all of it came')
      return `${outputTokens} tokens in ${(run.ms / 1000).toFixed(0)} s`
    },
  },
  {
    name: 'a long stream, stopped',
    run: async (live) => {
      const run = await live.person.agent('Tell a long story.', ['--max-output-tokens', '1200'], {
        onLine: ({ type, seq }, child) => {
          if (type === 'text-delta' && seq > 40) child.kill('SIGINT')
        },
      })
      must(run, run.code === 130 && run.end.reason === 'aborted', 'not aborted')
      const idle = await live.idle()
      if (idle !== null) throw new Missed(`the server went on: ${idle}`)
      return undefined
    },
  },
]

/** @type {Check[]} */
export const noTools = [
  {
    name: 'asked for work',
    run: async ({ person }) => {
      const flags = ['--max-output-tokens', '400', '--max-turns', '4']
      const run = await person.agent('List the files of this folder, then read README.md.', flags)
      must(run, toolsOf(run).length === 0, 'it called a tool')
      must(run, run.code === 0 || run.end.budget?.limit === 'outputTokens', 'failed')
      return 'only words'
    },
  },
  { name: 'doctor', run: doctorSays(0, /! Tool calls .*/) },
]

/**
 * A session that Ollama began goes on with vLLM, works there, and goes back. The column talks to vLLM.
 *
 * @type {Check[]}
 */
export const twoServers = [
  {
    name: 'one session, two servers',
    run: async (live) => {
      const [ollama] = live.servers
      if (!ollama) throw new Error('Ollama was not started.')
      await addProfile(live.person, ['other', '--kind', 'ollama', '--base-url', `${ollama.address}/v1`, '--no-key'])
      return acrossServers(live)
    },
  },
]

/** @param {number} code @param {RegExp} line @returns {Check['run']} */
function doctorSays(code, line) {
  return async ({ person }) => {
    const run = await person.claw(['doctor', 'live', '--load'])
    const said = line.exec(run.out)?.[0]
    if (run.code !== code || !said) throw new Missed(`exit ${run.code}: ${(run.out + run.side).trim().slice(0, 2000)}`)
    return said.replace(/ {2,}/g, ': ').replace(/: \d+ m?s$/, '')
  }
}
