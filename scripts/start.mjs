// @ts-check
import './lib/node-version.mjs'
import { spawn } from 'node:child_process'
import { buildStale } from './build.mjs'
import { sandboxObstacle } from './lib/chromium-sandbox.mjs'
import { actAs, callerFolder, chosenFolder, electronArguments, hasDisplay, withAbsoluteCwd } from './lib/launch.mjs'
import { endWithNpm } from './lib/npm-parent.mjs'
import { root } from './lib/paths.mjs'
import { notice, runScript } from './lib/problem.mjs'
import { becomeTerminal } from './lib/terminal.mjs'
import { setup, setupWindow } from './setup.mjs'

endWithNpm()
const args = process.argv.slice(2)
const folder = callerFolder(process.env, 'start', process.cwd())
let inTerminal = false
await runScript(async () => {
  if (hasDisplay(process.platform, process.env)) {
    await openWindow()
    return
  }
  notice('There is no display here, so this is the chat in the terminal.')
  await setup({ sandbox: true })
  await buildStale(['terminal', 'worker'])
  inTerminal = true
})
if (inTerminal) await becomeTerminal(['agent-chat', ...args], folder)

async function openWindow() {
  const electron = await setupWindow({ sandbox: true })
  await buildStale(['window', 'terminal', 'worker'])
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...chosenFolder(folder, root), ...process.env, CLAW_ELECTRON_SOURCE: electron.source }
  // Terminals inside Electron apps set it, and then Electron would not be one.
  delete env.ELECTRON_RUN_AS_NODE
  const child = spawn(
    electron.path,
    electronArguments({
      platform: process.platform,
      isRoot: process.getuid?.() === 0,
      env,
      args: withAbsoluteCwd(args, folder),
    }),
    { cwd: root, env, stdio: 'inherit' },
  )
  process.exitCode = await actAs(child)
  const obstacle = process.exitCode === 0 ? null : sandboxObstacle(electron.path)
  if (obstacle) notice(obstacle)
}
