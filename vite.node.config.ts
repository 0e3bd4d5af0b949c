import { resolve } from 'node:path'
import { build, defineConfig, type Plugin } from 'vite'
import { engineBuild } from './vite.engine-build.ts'

/** Of background runs, what only those need who start, end or attach to one. */
const BACKGROUND =
  'worker.|remote.(?!background-runs)|slots.slot-(queue|log|order)|runs.(spawn-worker|start-data|folder-conflict|worktree|worker-(?!marker)|run-log)'
/** As much as is loaded before anything else, in characters. A library among it would double the time of a list. */
const MOST_QUICK = 60_000
/** Without what imports a package from outside: from a kept script, Node 20 would warn of it. */
const CORE = new RegExp(
  [
    'electron.cli.(?!claw|compiled|program|chat|attach|keyboard.(?!interrupts)|commands.(?!(agent|commands)\\.))',
    `electron.engine.(?!doctor|demo|backend.http.undici-http|data-folder|secrets.keyring|tools.search.ripgrep-program|policy.(parse|describe)|${BACKGROUND})`,
    'shared.(?!doctor)|zod|eventsource-parser|node_modules.diff|(?<!conf.node_modules.)env-paths',
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
    }
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' })
  },
}

function inAscii(code: string): string {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** What the started file leaves to the others. */
const laterFiles: Plugin = {
  name: 'later-files',
  enforce: 'pre',
  resolveId: (id) =>
    /^\.\/(compiled|program)\.ts$/.test(id) ? { id: id.replace('.ts', '.js'), external: true } : null,
}

/**
 * The file that is started, by itself: all that a list of runs needs where nothing about them is in doubt. What others share
 * with it is in there a second time, since to find and read one more file is a fortieth of a start of Node.
 */
const startedFile: Plugin = {
  name: 'started-file',
  async generateBundle() {
    const built = await build({
      ...{ configFile: false, logLevel: 'warn', plugins: [laterFiles], ssr: { noExternal: true } },
      build: {
        ...{ ssr: resolve(import.meta.dirname, 'electron/cli/claw.ts'), target: 'node20', write: false },
        rollupOptions: {
          output: {
            ...{ format: 'cjs', dynamicImportInCjs: false, codeSplitting: false, comments: false },
            banner: '#!/usr/bin/env node',
          },
        },
      },
    })
    const [file] = 'output' in built ? built.output : []
    if (file?.type !== 'chunk') return this.error('What is started was not built.')
    if (file.code.length > MOST_QUICK)
      this.error(`What lists the runs has ${file.code.length} characters: it imports more than it needs.`)
    this.emitFile({ type: 'asset', fileName: 'claw.js', source: inAscii(file.code) })
  },
}

/** Builds what runs under plain Node: the terminal program. Commands are loaded when they run, libraries when they are used. */
export default defineConfig({
  plugins: [fastToLoad, startedFile],
  ssr: { noExternal: true, external: ['@napi-rs/keyring', '@vscode/ripgrep'] },
  define: engineBuild(),
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'out/cli',
    emptyOutDir: true,
    rollupOptions: {
      input: {
        program: resolve(import.meta.dirname, 'electron/cli/program.ts'),
        compiled: resolve(import.meta.dirname, 'electron/cli/compiled.ts'),
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
