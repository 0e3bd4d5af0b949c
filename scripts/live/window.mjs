// @ts-check
import { join } from 'node:path'
import { runTool } from '../lib/run.mjs'
import { openScreen } from '../lib/screen.mjs'
import { setupWindow } from '../setup.mjs'

/** @typedef {{ title: string, specs?: Spec[], suites?: Suite[] }} Suite */
/** @typedef {{ title: string, ok: boolean, tests: { results: { error?: { message: string } }[] }[] }} Spec */

/**
 * The journey of the window (e2e/live) on a running server.
 *
 * @param {import('./servers.mjs').Server} server
 * @param {import('./servers.mjs').Column} column
 * @returns {Promise<import('./journey.mjs').Cells>}
 */
export async function windowJourney(
  server,
  { kind, model = 'small', path = '/v1', endless = '', realLanguage = false },
) {
  const electron = await setupWindow({ screen: true })
  const screen = await openScreen()
  const config = ['--config', join('e2e/live', 'playwright.config.ts')]
  try {
    const { output } = await runTool(
      '@playwright/test/cli.js',
      ['test', ...config, realLanguage ? '--grep' : '--grep-invert', 'real language', '--reporter=json'],
      {
        env: {
          ...process.env,
          ...screen.env,
          CLAW_ELECTRON_SOURCE: electron.source,
          OPENAI_BASE_URL: `${server.address}${path}`,
          OPENAI_API_KEY: server.key ?? '',
          OPENAI_MODEL: model,
          LIVE_KIND: kind,
          LIVE_ENDLESS: endless,
        },
      },
    )
    return new Map(specsIn(JSON.parse(output.slice(output.indexOf('{')))).map(cellOf))
  } finally {
    screen.close()
  }
}

/** @param {{ suites?: Suite[], specs?: Spec[] }} suite @returns {Spec[]} */
function specsIn({ specs = [], suites = [] }) {
  return [...specs, ...suites.flatMap(specsIn)]
}

/** @param {Spec} spec @returns {[string, import('./journey.mjs').Cell]} */
function cellOf({ title, ok, tests }) {
  if (ok) return [`window: ${title}`, { state: 'ok' }]
  const remark = tests.flatMap(({ results }) => results.map(({ error }) => error?.message ?? '')).join(' ')
  return [`window: ${title}`, { state: 'missed', remark: remark.slice(0, 600) }]
}
