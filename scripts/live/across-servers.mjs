// @ts-check
import { toolsOf } from './person.mjs'
import { must, saysChat } from './scripted.mjs'

/**
 * A session that another server began goes on with work on this one, and back again: the calls of each are in the history
 * of the other.
 *
 * @param {import('./servers.mjs').Live} live whose person has the profile `other`
 * @returns {Promise<string>}
 */
export async function acrossServers({ person }) {
  await person.freshProject()
  const first = await person.agent('#tour', ['--profile', 'other'])
  must(first, first.code === 0 && toolsOf(first).join() === 'list_dir,read_file', 'strayed on the first server')
  const sessionId = first.lines[0]?.sessionId
  const flags = ['--json', '--allow-write', '--allow-shell']
  const onward = await person.claw(['agent-resume', ...flags, '--profile', 'live', sessionId, '#write'])
  must(onward, onward.code === 0 && onward.lines[0]?.sessionId === sessionId, 'failed on the second server')
  must(onward, (await person.read('notes.txt')) !== null, 'no work was done on the second server')
  const before = first.lines.find(({ type }) => type === 'usage')?.inputTokens
  must(onward, onward.lines.find(({ type }) => type === 'usage')?.inputTokens > before, 'history lost')
  const back = await person.claw(['agent-resume', ...flags, '--profile', 'other', sessionId, '#tour'])
  must(back, back.code === 0 && toolsOf(back).length > 0, 'failed back on the first server')
  await saysChat(person, 'hello')
  return 'there and back'
}
