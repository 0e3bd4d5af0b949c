import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { engineBuild } from './vite.engine-build.ts'

/**
 * Builds the program of background runs: one file, loaded whole when it starts. An update that replaces the files of the
 * app takes nothing away from a run that goes on.
 */
export default defineConfig({
  ssr: { noExternal: true, external: ['@napi-rs/keyring', '@vscode/ripgrep'] },
  define: engineBuild(),
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'out/worker',
    emptyOutDir: true,
    // One file on purpose, read from the disk of this machine.
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
    rollupOptions: {
      input: { worker: resolve(import.meta.dirname, 'electron/worker/worker.ts') },
      output: { codeSplitting: false },
    },
  },
})
