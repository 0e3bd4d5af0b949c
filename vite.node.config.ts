import { resolve } from 'node:path'
import { defineConfig } from 'vite'

/** Builds what runs under plain Node: the terminal program. One file, so that a start reads one file. */
export default defineConfig({
  ssr: { noExternal: true, external: ['@napi-rs/keyring', '@vscode/ripgrep'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'out/cli',
    emptyOutDir: true,
    rollupOptions: { input: { claw: resolve(import.meta.dirname, 'electron/cli/claw.ts') } },
  },
})
