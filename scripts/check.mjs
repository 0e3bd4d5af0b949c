// @ts-check
import './lib/node-version.mjs'
import { describeCheck, runChecks } from './lib/checks.mjs'
import { runScript } from './lib/problem.mjs'
import { setup } from './setup.mjs'

await runScript(async () => {
  await setup()
  const results = await runChecks((result) => console.log(describeCheck(result)))
  for (const { name, output } of results.filter((result) => !result.ok)) console.log(`\n${name}:\n${output.trim()}`)
  if (!results.every((result) => result.ok)) process.exitCode = 1
})
