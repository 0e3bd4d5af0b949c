// @ts-check
import { endless, must } from './scripted.mjs'

/**
 * What ends the servers: the last checks of a column, in this order.
 *
 * @type {{ name: string, run: (live: import('./servers.mjs').Live) => Promise<string | undefined> }[]}
 */
export const lastChecks = [
  {
    name: 'killed in an answer',
    run: async ({ person, servers }) => {
      /** @type {Promise<void> | undefined} */
      let killed
      // The one behind a proxy, where there is one.
      const began = () => {
        killed = servers[0]?.kill()
      }
      const run = await endless(person, began, { again: false })
      await killed
      must(run, run.end.finalText.includes('tick'), 'the partial answer is gone')
      const code = run.end.failure?.code
      must(
        run,
        run.code !== 0 && /^(transport|stream-truncated|server-error|unreachable|overloaded)$/.test(code),
        'not said',
      )
      return code
    },
  },
  {
    name: 'gone',
    run: async ({ person, servers }) => {
      // A recorder in between would still listen.
      const run = await person.agent('hello', ['--profile', 'direct'])
      const code = run.end.failure?.code
      if (servers.length > 1) {
        must(run, run.code === 1 && /^(server-error|overloaded|unreachable)$/.test(code), 'not said')
        must(run, !run.end.failure.message.includes('Traceback'), 'a stack instead of a sentence')
        return code
      }
      must(run, run.code === 5 && code === 'unreachable', 'not unreachable')
      return undefined
    },
  },
]
