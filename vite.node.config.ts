import { resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { engineBuild } from './vite.engine-build.ts'

/** Of background runs, what only those need who start, end or attach to one. */
const BACKGROUND =
  'worker.|remote.(?!background-runs)|slots.slot-(queue|log|order)|runs.(spawn-worker|socket-place|start-data|folder-conflict|worktree|worker-(?!marker)|run-log)'
const QUICK = new RegExp(
  [
    'cli.quick|cli.terminal.(output|lost-output|held-row|plain-text|width|words|table|phase-line|run-rows|run-json)',
    'engine.runs.(newest-first|run-version|certain-runs)|engine.lib.proc-stat|engine.data-folder|shared.lib.(json|money|unicode-pattern|visible-text)',
    '(?<!conf.node_modules.)env-paths|rolldown.runtime',
  ].join('|'),
)
/** As much as is loaded before anything else, in characters. A library among it would double the time of a list. */
const MOST_QUICK = 60_000
/** Without what imports a package from outside: from a kept script, Node 20 would warn of it. */
const CORE = new RegExp(
  [
    'electron.cli.(?!claw|compiled|program|chat|attach|keyboard.(?!interrupts)|commands.(?!(agent|commands)\\.))',
    `electron.engine.(?!doctor|demo|data-folder|secrets.keyring|tools.search.ripgrep-program|policy.(parse|describe)|${BACKGROUND})`,
    'shared.(?!doctor)|undici|zod|eventsource-parser|node_modules.diff',
  ].join('|'),
)

/**
 * How the files are written, for a short start: as CommonJS, which Node loads without its loader for modules, and in ASCII,
 * which it need not decode (nothing in here is a tagged template that would see the difference).
 */
const fastToLoad: Plugin = {
  name: 'fast-to-load',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk') continue
      file.code = inAscii(file.code)
      if (file.name === 'quick' && file.code.length > MOST_QUICK)
        this.error(`What lists the runs has ${file.code.length} characters: it imports more than it needs.`)
    }
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' })
  },
}

function inAscii(code: string): string {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Builds what runs under plain Node: the terminal program. Commands are loaded when they run, libraries when they are used. */
export default defineConfig({
  plugins: [fastToLoad],
  ssr: { noExternal: true, external: ['@napi-rs/keyring', '@vscode/ripgrep'] },
  define: engineBuild(),
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'out/cli',
    emptyOutDir: true,
    rollupOptions: {
      input: { claw: resolve(import.meta.dirname, 'electron/cli/claw.ts') },
      output: {
        format: 'cjs',
        entryFileNames: '[name].js',
        comments: false,
        banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
        // What nearly every command needs is one file to read.
        // Beside the entry: they find package.json and the other chunks from there.
        chunkFileNames: ({ name }) =>
          name === 'program' || name === 'compiled' ? '[name].js' : 'assets/[name]-[hash].js',
        codeSplitting: {
          groups: [
            // All that a list of runs needs where nothing about them is in doubt: what is wanted before the core may be loaded.
            { name: 'quick', test: QUICK, priority: 1 },
            { name: 'core', test: CORE },
          ],
        },
      },
    },
  },
})
