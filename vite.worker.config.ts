import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { engineBuild, withoutHttp2 } from './vite.engine-build.ts'
import { bundled, fastToLoad, startedFile } from './vite.started-file.ts'

/**
 * Builds the program of background runs: a file that is started, and one with all the rest, loaded whole when it starts. An
 * update that replaces the files of the app takes nothing away from a run that goes on.
 */
export default defineConfig({
  plugins: [
    withoutHttp2,
    fastToLoad,
    startedFile({
      source: resolve(import.meta.dirname, 'electron/worker/worker.ts'),
      fileName: 'worker.js',
      later: ['run'],
      most: 10_000,
    }),
  ],
  ssr: bundled,
  define: engineBuild(),
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'out/worker',
    emptyOutDir: true,
    // One file on purpose, read from the disk of this machine.
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
    rollupOptions: {
      input: { run: resolve(import.meta.dirname, 'electron/worker/run.ts') },
      output: {
        ...{ format: 'cjs', dynamicImportInCjs: false, codeSplitting: false, comments: false },
        // By its content: what was compiled of it is kept under its name.
        entryFileNames: 'assets/core-[hash].js',
      },
    },
  },
})
