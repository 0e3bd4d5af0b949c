// @ts-check
import { chat } from './expected.mjs'
import { described, toolsOf } from './person.mjs'

/** A check that does not hold; the message is the reason. */
export class Missed extends Error {}

/** @param {import('./person.mjs').Run} run @param {boolean} holds @param {string} otherwise */
export function must(run, holds, otherwise) {
  if (!holds) throw new Missed(`${otherwise} (${described(run)})`)
}

/**
 * @typedef {object} Script
 * @property {string[]} tools that are called, in order
 * @property {string} says part of the last answer
 * @property {string[]} [flags]
 * @property {(run: import('./person.mjs').Run) => Promise<unknown> | unknown} [also] what else must hold; a text is a remark
 */

/**
 * Runs one of the small model's scripts. Under one prompt a step of it goes right always or never, so a model that
 * strayed is asked again in other words; a run that failed is not.
 *
 * @param {import('./servers.mjs').Live} live
 * @param {string} keyword
 * @param {Script} script
 * @returns {Promise<string | undefined>} a remark
 */
export async function scripted({ person }, keyword, { tools, says, flags = [], also }) {
  let strayed = 0
  let last
  for (const prompt of wordings(keyword)) {
    await person.freshProject()
    const run = await person.agent(prompt, ['--max-turns', '12', ...flags])
    must(run, run.end.failure === null && run.code === 0, 'failed')
    const followed = toolsOf(run).join() === tools.join() && run.end.finalText.includes(says)
    if (!followed) {
      strayed++
      last = run
      continue
    }
    const remark = await also?.(run)
    return (
      [typeof remark === 'string' && remark, strayed > 0 && `strayed ${strayed} ×`].filter(Boolean).join(', ') ||
      undefined
    )
  }
  throw new Missed(`strayed in every wording${last ? ` (${described(last)})` : ''}`)
}

/** @param {string} keyword */
function wordings(keyword) {
  return [keyword, `${keyword} please`, `Once more: ${keyword}`, `Do ${keyword} now.`, `I want ${keyword} here`]
}

/** @param {import('./person.mjs').Person} person @param {string} prompt @param {string[]} [flags] */
export async function saysChat(person, prompt, flags) {
  const run = await person.agent(prompt, flags)
  must(run, run.code === 0 && run.end.finalText === chat, 'another answer')
  return run
}

/**
 * Has the model begin an answer without end, and calls `began` with its first words. Where the server cannot be kept from
 * ending it, a model that came to an end all the same is asked again in other words.
 *
 * @param {import('./person.mjs').Person} person
 * @param {(child: import('node:child_process').ChildProcess) => void} began
 * @param {{ again?: boolean, flags?: string[] }} [options]
 */
export async function endless(person, began, { again = true, flags = ['--profile', 'endless'] } = {}) {
  let run
  for (const prompt of wordings('#forever')) {
    let hasBegun = false
    let text = ''
    run = await person.agent(prompt, ['--max-turns', '2', ...flags], {
      onLine: (line, child) => {
        if (line.type === 'text-delta') text += line.text
        if (hasBegun || !text.includes('tick')) return
        hasBegun = true
        began(child)
      },
    })
    if (!again || run.end.reason !== 'completed') return run
  }
  throw new Missed(`ended by itself in every wording${run ? ` (${described(run)})` : ''}`)
}
