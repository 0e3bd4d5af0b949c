// @ts-check
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answerSchema, markdown, written } from './expected.mjs'
import { textOf, toolsOf, warningsOf } from './person.mjs'
import { endless, Missed, must, saysChat, scripted } from './scripted.mjs'

/**
 * @typedef {import('./person.mjs').Run} Run
 * @typedef {import('./servers.mjs').Live} Live
 * @typedef {object} Check
 * @property {string} name
 * @property {(live: Live) => Promise<string | undefined | void>} run a remark for the cell; throws `Missed`
 * @property {(live: Live) => boolean} [isFor] default: every server
 */

/** One journey, in this order. @type {Check[]} */
export const checks = [
  {
    name: 'chat',
    run: async ({ person }) => {
      const run = await saysChat(person, 'hello')
      const { usage } = run.end
      must(run, usage.source === 'reported' && usage.inputTokens > 500 && usage.outputTokens > 10, 'no usage')
      return !usage.costMicroUsd ? undefined : `$${(usage.costMicroUsd / 1e6).toFixed(6)}`
    },
  },
  {
    name: '#tour',
    run: (live) => scripted(live, '#tour', { tools: ['list_dir', 'read_file'], says: 'I have listed the folder' }),
  },
  {
    name: '#fix',
    run: (live) =>
      scripted(live, '#fix', {
        tools: ['read_file', 'edit_file', 'bash'],
        says: 'Fixed: sum adds now',
        also: async (run) => {
          must(run, (await live.person.read('src/sum.js')) === 'export const sum = (a, b) => a + b\n', 'not changed')
          must(run, outputs(run).at(-1)?.includes('# pass 1') === true, 'the tests did not pass')
        },
      }),
  },
  {
    name: '#write',
    run: (live) =>
      scripted(live, '#write', {
        tools: ['write_file'],
        says: 'notes.txt is written.',
        also: async (run) => must(run, (await live.person.read('notes.txt')) === written, 'other bytes'),
      }),
  },
  {
    name: '#both',
    run: (live) => scripted(live, '#both', bothCalls),
  },
  {
    name: '#both, whole replies',
    run: (live) => scripted(live, '#both', { ...bothCalls, flags: ['--no-stream'] }),
  },
  {
    name: '#think',
    run: (live) =>
      scripted(live, '#think', {
        tools: [],
        says: 'The answer is 4.',
        also: (run) => {
          must(run, run.end.finalText.trim() === 'The answer is 4.', 'thoughts in the answer')
          must(run, textOf(run, 'reasoning-delta').trim() === 'Two and two make four.', 'no reasoning')
        },
      }),
  },
  {
    name: '#leak',
    run: (live) =>
      scripted(live, '#leak', {
        tools: ['read_file'],
        says: 'The leaked call was answered.',
        also: (run) => {
          must(run, outputs(run)[0]?.includes('# Sums') === true, 'the file was not read')
          must(run, !/<function|<parameter/.test(textOf(run, 'text-delta')), 'markup in the text')
          return started(run)[0]?.recovered ? 'recovered' : 'the server parsed it'
        },
      }),
  },
  {
    name: '#broken',
    run: async ({ person }) => {
      const run = await person.agent('#broken', ['--max-turns', '10'])
      if (wasSwallowed(run)) return 'swallowed by the server, and said'
      must(run, run.end.reason === 'completed', 'not completed')
      must(run, !run.end.finalText.includes('tool_call>'), 'markup in the text')
      const [call] = started(run)
      if (call && outputs(run)[0]?.includes('# Sums')) return call.recovered ? 'recovered' : 'the server repaired it'
      if (outputs(run).length > 0) return 'told to the model'
      must(run, false, 'swallowed without a word')
      return undefined
    },
  },
  {
    name: '#unknown',
    run: async ({ person }) => {
      const run = await person.agent('#unknown', ['--max-turns', '10'])
      if (wasSwallowed(run)) return 'swallowed by the server, and said'
      must(run, run.end.reason === 'completed', 'not completed')
      const tools = toolsOf(run)
      if (tools.includes('launch_rocket')) {
        must(run, ends(run)[0]?.ok === false, 'it was said to be done')
        return 'told to the model'
      }
      if (tools.length > 0) return 'the server made a known one of it'
      must(run, false, 'swallowed without a word')
      return undefined
    },
  },
  {
    name: '#loop',
    run: async ({ person }) => {
      const run = await person.agent('#loop', ['--max-turns', '25'])
      must(run, run.end.reason !== 'none' && run.end.turns < 25, 'the limit ended it, not the guard')
      must(run, run.end.reason === 'completed' || run.end.failure?.code === 'loop', 'ended otherwise')
      return `${run.end.turns} steps`
    },
  },
  {
    name: '#json',
    run: async (live) => {
      const schema = join(live.person.folder, 'answer.json')
      await writeFile(schema, JSON.stringify(answerSchema))
      return scripted(live, '#json', {
        tools: [],
        says: '"answer"',
        flags: ['--response-schema-file', schema],
        also: (run) => {
          const { answer, sure } = JSON.parse(run.end.finalText)
          must(run, answer === 4 && sure === true, 'another answer')
        },
      })
    },
  },
  {
    name: '#markdown',
    run: (live) =>
      scripted(live, '#markdown', {
        tools: [],
        says: '## Small report',
        also: (run) => must(run, run.end.finalText.trim() === markdown, 'other bytes'),
      }),
  },
  {
    name: '#forever, stopped',
    run: async (live) => {
      let stopped = 0
      const run = await endless(live.person, (child) => {
        stopped = performance.now()
        child.kill('SIGINT')
      })
      must(run, run.code === 130 && run.end.reason === 'aborted', 'not aborted')
      must(run, run.end.finalText.includes('tick'), 'the partial answer is gone')
      const idle = await live.idle()
      if (idle !== null) throw new Missed(`the server went on: ${idle}`)
      return `quiet after ${((performance.now() - stopped) / 1000).toFixed(1)} s`
    },
  },
  {
    name: 'output limit of a run',
    run: async ({ person }) => {
      const run = await person.agent('#forever', ['--max-output-tokens', '40'])
      must(run, run.code === 3 && run.end.budget?.limit === 'outputTokens', 'not ended by the limit')
      must(run, run.end.budget.used <= 44, 'more than it may')
      return `${run.end.budget.used} of 40`
    },
  },
  {
    name: 'output limit of a profile',
    run: async ({ person }) => {
      const run = await person.agent('#forever', ['--profile', 'short', '--max-turns', '3'])
      must(run, run.end.usage?.outputTokens <= 60, 'more than it may')
      must(run, run.end.reason !== 'completed' || warningsOf(run).length > 0, 'a cut answer passed for a whole one')
      return `${run.end.reason}${warningsOf(run)[0] ? `, warning ${warningsOf(run)[0]}` : ''}`
    },
  },
  {
    name: '#write, cut',
    run: async (live) => {
      await live.person.freshProject()
      const run = await live.person.agent('#write', ['--profile', 'short', '--max-turns', '3'])
      must(run, (await live.person.read('notes.txt')) === null, 'half a file was written')
      must(
        run,
        ends(run).every(({ ok }) => !ok),
        'half a call was run',
      )
      must(run, run.end.reason !== 'completed' || warningsOf(run).length > 0, 'nothing was said')
      return `${run.end.reason}${warningsOf(run)[0] ? `, warning ${warningsOf(run)[0]}` : ''}`
    },
  },
  {
    name: 'a second turn',
    run: async ({ person }) => {
      const first = await saysChat(person, 'hello')
      const sessionId = first.lines[0]?.sessionId
      const run = await person.claw(['agent-resume', '--json', sessionId, '#tour'])
      must(run, run.code === 0 && run.lines[0]?.sessionId === sessionId, 'not resumed')
      must(run, run.end.usage.inputTokens > first.end.usage.inputTokens, 'the first turn is not in it')
      return run.end.usage.cachedInputTokens > 0 ? `${run.end.usage.cachedInputTokens} tokens cached` : undefined
    },
  },
  {
    name: 'unknown model',
    run: async ({ person, facts }) => {
      const run = await person.agent('hello', ['--model', 'nope'])
      if (facts.servesAnyModel && run.code === 0) return 'any name is served'
      must(run, run.code === 1 && run.end.failure?.code === 'unknown-model', 'not unknown-model')
      must(run, run.end.failure.message.includes('nope'), 'the model is not named')
      return undefined
    },
  },
  {
    name: 'wrong key',
    isFor: ({ server }) => server.key !== null,
    run: async ({ person }) => {
      const run = await person.agent('hello', ['--profile', 'stranger'])
      must(run, run.code === 1 && run.end.failure?.code === 'auth', 'not auth')
      must(run, !/sk-wrong/.test(run.out + run.side), 'the key is shown')
      return undefined
    },
  },
  {
    name: 'longer than the window',
    run: async ({ person, facts }) => {
      const run = await person.agent(`hello ${'many words follow each other here '.repeat(1500)}`, ['--max-turns', '4'])
      const warning = warningsOf(run)[0]
      if (facts.cutsSilently && run.end.reason === 'completed') {
        must(run, warning !== undefined, 'cut without a word')
        return `warning ${warning}`
      }
      must(run, run.code === 1 && run.end.failure?.code === 'context-overflow', 'not context-overflow')
      return undefined
    },
  },
  {
    name: 'doctor',
    run: async ({ person }) => {
      const run = await person.claw(['doctor', 'live'])
      if (run.code !== 0) throw new Missed(`exit ${run.code}: ${(run.out + run.side).trim().slice(-400)}`)
    },
  },
]

/** @type {import('./scripted.mjs').Script} */
const bothCalls = {
  tools: ['list_dir', 'glob_search'],
  says: 'Both calls are answered.',
  also: (run) => must(run, run.end.modelCalls === 2, 'not in one message'),
}

/** Generated, and not delivered: what is left is to say so. Our model repeats itself when it is asked again. @param {Run} run */
function wasSwallowed(run) {
  const warned = warningsOf(run).includes('swallowed-answer')
  return warned && (run.end.reason === 'completed' || run.end.failure?.code === 'protocol')
}

/** @param {Run} run */
function started({ lines }) {
  return lines.filter(({ type }) => type === 'tool-start')
}

/** @param {Run} run */
function ends({ lines }) {
  return lines.filter(({ type }) => type === 'tool-end')
}

/** @param {Run} run @returns {string[]} */
function outputs(run) {
  return ends(run).map(({ output }) => output)
}
