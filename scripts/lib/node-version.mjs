// @ts-check
// Import this first: it has to end an old Node before any other module runs into what is missing there.

const needed = [20, 19]

/**
 * @param {string} version as in process.versions.node
 */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [neededMajor = 0, neededMinor = 0] = needed
  return major > neededMajor || (major === neededMajor && minor >= neededMinor)
}

if (!isNewEnough(process.versions.node)) {
  console.error(
    `Claw Code Agent needs Node ${needed.join('.')} or newer, and this is Node ${process.versions.node}: install a newer one and try again.`,
  )
  process.exit(1)
}
