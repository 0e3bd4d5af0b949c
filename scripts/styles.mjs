// @ts-check
import { join } from 'node:path'
import { root } from './lib/paths.mjs'
import { readRenderer, styleProblems } from './lib/style-rules.mjs'

const { sheets, components } = readRenderer(join(root, 'renderer'))
const problems = styleProblems(sheets, components)
if (problems.length > 0) {
  console.log(problems.join('\n'))
  process.exitCode = 1
}
