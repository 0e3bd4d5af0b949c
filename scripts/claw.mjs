// @ts-check
import './lib/node-version.mjs'
import { buildStale } from './build.mjs'
import { callerFolder } from './lib/launch.mjs'
import { endWithNpm } from './lib/npm-parent.mjs'
import { runScript } from './lib/problem.mjs'
import { becomeTerminal } from './lib/terminal.mjs'
import { setup } from './setup.mjs'

endWithNpm()
const folder = callerFolder(process.env, 'claw', process.cwd())
let ready = false
await runScript(async () => {
  await setup()
  await buildStale(['terminal', 'worker'])
  ready = true
})
if (ready) await becomeTerminal(process.argv.slice(2), folder)
