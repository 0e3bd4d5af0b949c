// @ts-check
// The durability of background runs at full size: `npm run test:soak`. npm test holds the same, scaled down.
import './lib/node-version.mjs'
import { buildStale } from './build.mjs'
import { endWithNpm } from './lib/npm-parent.mjs'
import { runScript } from './lib/problem.mjs'
import { runTool } from './lib/run.mjs'
import { setup } from './setup.mjs'

endWithNpm()
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(130))
await runScript(async () => {
  await setup({ sandbox: true })
  await buildStale(['terminal', 'worker'])
  const { code } = await runTool(
    'vitest/vitest.mjs',
    ['run', '--project', 'built', 'e2e/cli/durability.test.ts', ...process.argv.slice(2)],
    { stdio: 'inherit', env: { ...process.env, CLAW_SOAK: '1' } },
  )
  process.exitCode = code ?? 1
})
