import { resolve } from 'node:path'
import { defineConfig } from 'vite'

/** Of background runs, what only those need who start, end or attach to one. */
const BACKGROUND =
  'background.(host|end|spawn|endpoint|remote|socket|ndjson|protocol|start-data|folder-conflict|worktree|slot-(queue|log|order)|worker-(?!marker)|run-(host|log|progress|publisher))'
const CORE = new RegExp(
  [
    'electron.cli.(?!claw|program|chat|commands.(?!agent\\.|command))',
    `electron.engine.(?!doctor|demo|data-folder|policy.(parse|describe)|${BACKGROUND})`,
    'shared.(?!doctor)|undici|zod|eventsource-parser|diff',
  ].join('|'),
)

/** Builds what runs under plain Node: the terminal program. Commands are loaded when they run, libraries when they are used. */
export default defineConfig({
  // Half of a start would go into parts of undici that nothing here uses.
  resolve: { alias: [{ find: /^undici$/, replacement: resolve(import.meta.dirname, 'scripts/lib/undici-core.mjs') }] },
  ssr: { noExternal: true, external: ['@napi-rs/keyring', '@vscode/ripgrep'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'out/cli',
    emptyOutDir: true,
    rollupOptions: {
      input: { claw: resolve(import.meta.dirname, 'electron/cli/claw.ts') },
      output: {
        banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
        // What nearly every command needs is one file to read; the entry stays apart because it waits at its top level.
        // Beside the entry: it finds package.json from there.
        chunkFileNames: ({ name }) => (name === 'program' ? '[name].js' : 'assets/[name]-[hash].js'),
        codeSplitting: {
          groups: [
            // Wanted before the core may be loaded.
            { name: 'data-folder', test: /data-folder|env-paths/, priority: 1 },
            // All that a list of runs needs where nothing about them is in doubt.
            {
              name: 'quick',
              test: /cli.quick|cli.terminal.(output|plain-text|width|words|table|phase-line|run-rows|run-json)|shared.money|background.run-version/,
              priority: 1,
            },
            { name: 'core', test: CORE },
          ],
        },
      },
    },
  },
})
