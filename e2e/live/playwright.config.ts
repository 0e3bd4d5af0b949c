import { defineConfig } from '@playwright/test'

/** The window on a real server; started by scripts/live/window.mjs, which says where the server is. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.live.ts',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  outputDir: '../../test-results/live/window',
})
