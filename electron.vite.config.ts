import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { engineBuild, withoutHttp2 } from './vite.engine-build.ts'

const root = import.meta.dirname

export default defineConfig({
  main: {
    define: engineBuild(),
    plugins: [withoutHttp2],
    build: {
      outDir: 'out/main',
      // Everything is bundled (a start from node_modules costs ~320 ms more); packages that carry a binary stay outside.
      externalizeDeps: false,
      rollupOptions: {
        input: { index: resolve(root, 'electron/main/index.ts') },
        external: ['electron', '@napi-rs/keyring', '@vscode/ripgrep'],
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rollupOptions: {
        input: { index: resolve(root, 'electron/preload/index.ts') },
        external: ['electron'],
        // A sandboxed preload cannot be an ES module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    build: {
      outDir: 'out/renderer',
      minify: true,
      // What the first picture needs is one file, read from the disk of this machine.
      chunkSizeWarningLimit: 600,
      rollupOptions: { input: resolve(root, 'renderer/index.html') },
    },
    plugins: [react()],
  },
})
