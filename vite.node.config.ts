import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { engineBuild, withoutHttp2 } from './vite.engine-build.ts'
import { bundled, fastToLoad, startedFile } from './vite.started-file.ts'

/** Of background runs, what only those need who start, end or attach to one. */
const BACKGROUND =
  'worker.|remote.(?!background-runs)|slots.slot-(queue|log|order)|runs.(spawn-worker|start-data|folder-conflict|worktree|worker-(?!marker)|run-log)'
/** Without what imports a package from outside: from a kept script, Node 20 would warn of it. */
const CORE = new RegExp(
  [
    'electron.cli.(?!claw|program|chat|attach|keyboard.(?!interrupts)|commands.(?!(agent|commands)\\.))',
    `electron.engine.(?!compiled|doctor|demo|backend.http.undici-http|data-folder|secrets.keyring|tools.search.ripgrep-program|policy.(parse|describe)|${BACKGROUND})`,
    'shared.(?!doctor)|zod|eventsource-parser|node_modules.diff|(?<!conf.node_modules.)env-paths',
  ].join('|'),
)

/** Builds what runs under plain Node: the terminal program. Commands are loaded when they run, libraries when they are used. */
export default defineConfig({
  plugins: [
    withoutHttp2,
    fastToLoad,
    // All that a list of runs needs where nothing about them is in doubt.
    startedFile({
      source: resolve(import.meta.dirname, 'electron/cli/claw.ts'),
      fileName: 'claw.js',
      later: ['compiled', 'program'],
      most: 60_000,
    }),
  ],
  ssr: bundled,
  define: engineBuild(),
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'out/cli',
    emptyOutDir: true,
    rollupOptions: {
      input: {
        program: resolve(import.meta.dirname, 'electron/cli/program.ts'),
        compiled: resolve(import.meta.dirname, 'electron/engine/compiled.ts'),
      },
      output: {
        format: 'cjs',
        entryFileNames: '[name].js',
        comments: false,
        // What nearly every command needs is one file to read.
        // The entries stand above the others: they find package.json and the chunks from there.
        chunkFileNames: 'assets/[name]-[hash].js',
        codeSplitting: { groups: [{ name: 'core', test: CORE }] },
      },
    },
  },
})
