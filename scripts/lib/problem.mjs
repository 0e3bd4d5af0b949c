// @ts-check

/** Something the person at the keyboard has to change. Its message is a whole sentence and is shown without a stack. */
export class Problem extends Error {}

/**
 * Runs a script: a `Problem` ends it with one sentence, anything else is a bug and keeps its stack.
 *
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error)
    process.exitCode = 1
  }
}

/** Standard output belongs to the caller, so a notice never goes there. */
export const notice = (/** @type {string} */ line) => console.error(line)
