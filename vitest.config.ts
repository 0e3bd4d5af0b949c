import { defineConfig } from 'vitest/config'

/** `unit` needs no build; `built` drives the files of out/ as a user's shell would. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    // As with the tests themselves: only what never comes is given up.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Nothing in a test is timed; this only ends one that hangs, on the busiest machine.
          testTimeout: 30_000,
          include: [
            'shared/**/*.test.ts',
            'electron/**/*.test.ts',
            'renderer/**/*.test.{ts,tsx}',
            'scripts/**/*.test.mjs',
            'test-support/**/*.test.ts',
            'e2e/{support,recorded}/**/*.test.ts',
          ],
          exclude: ['**/*.built.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: { name: 'built', include: ['electron/**/*.built.test.ts', 'e2e/cli/**/*.test.ts'], testTimeout: 60_000 },
      },
    ],
  },
})
