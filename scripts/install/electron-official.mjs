// @ts-check
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { withLock } from '../lib/lock.mjs'
import { cacheFolder, root } from '../lib/paths.mjs'
import { notice } from '../lib/problem.mjs'
import { run } from '../lib/run.mjs'

/** No first byte for this long: the host cannot be reached from here. */
const firstByteMs = 8_000
const stallMs = 30_000
const rememberFailureMs = 24 * 60 * 60_000

const packageFolder = join(root, 'node_modules/electron')
const failureFile = () => join(cacheFolder(), 'electron-download-failed.json')

/** The version package-lock.json asks for. */
export const officialVersion = () =>
  /** @type {string} */ (JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version)

/** What the electron package has downloaded already, or null. */
export function findOfficial() {
  try {
    const executable = readFileSync(join(packageFolder, 'path.txt'), 'utf8')
    const version = readFileSync(join(packageFolder, 'dist/version'), 'utf8').trim().replace(/^v/, '')
    const path = join(packageFolder, 'dist', executable)
    return version === officialVersion() && existsSync(path) ? { path, version } : null
  } catch {
    return null
  }
}

/**
 * Lets the electron package download its binary. Returns null when that is not possible from here, which is remembered
 * for a day, since finding out costs seconds.
 *
 * @param {{ forgetful: boolean }} options forgetful: try even if it failed a moment ago
 */
export async function downloadOfficial({ forgetful }) {
  if (!forgetful && failedLately()) return null
  return withLock(join(cacheFolder(), 'electron-download.lock'), async () => {
    const byOther = findOfficial()
    if (byOther) return byOther
    if (!forgetful && failedLately()) return null
    const reason = await downloadAndUnpack()
    const found = findOfficial()
    if (found) {
      rmSync(failureFile(), { force: true })
      return found
    }
    mkdirSync(dirname(failureFile()), { recursive: true })
    writeFileSync(failureFile(), JSON.stringify({ version: officialVersion(), at: Date.now(), reason }))
    return null
  })
}

/** Why the last download failed, for a message. */
export function lastFailure() {
  return readFailure()?.reason ?? 'unknown reason'
}

function failedLately() {
  const failure = readFailure()
  if (failure?.version !== officialVersion()) return false
  const ageMs = Date.now() - failure.at
  return ageMs >= 0 && ageMs < rememberFailureMs
}

/** @returns {{ version: string, at: number, reason: string } | null} */
function readFailure() {
  try {
    return JSON.parse(readFileSync(failureFile(), 'utf8'))
  } catch {
    return null
  }
}

/** @returns {Promise<string | null>} what went wrong */
async function downloadAndUnpack() {
  try {
    await fillDownloadCache()
  } catch (error) {
    const { message, cause } = /** @type {Error} */ (error)
    return cause instanceof Error ? `${message}: ${cause.message}` : message
  }
  // The package's own installer takes the archive from the cache just filled, checks and unpacks it.
  const { code, output } = await run(process.execPath, ['--no-warnings', join(packageFolder, 'install.js')])
  return code === 0 ? null : (output.trim().split('\n')[0] ?? 'its installer failed')
}

/** The installer itself would wait for minutes on a host that drops packets, so the download is done here, watched. */
async function fillDownloadCache() {
  const { env } = process
  if (env.HTTPS_PROXY || env.https_proxy) env.ELECTRON_GET_USE_PROXY ??= '1'
  const packageRequire = createRequire(join(packageFolder, 'package.json'))
  const { downloadArtifact } = await import(pathToFileURL(packageRequire.resolve('@electron/get')).href)
  // A mirror with builds of its own; the installer knows the same two names.
  const ownChecksums = env.electron_use_remote_checksums || env.npm_config_electron_use_remote_checksums
  const watch = new AbortController()
  const giveUp = (/** @type {string} */ why) => () => watch.abort(new Error(why))
  let timer = setTimeout(giveUp('the download server does not answer'), firstByteMs)
  let begun = false
  try {
    await downloadArtifact({
      version: officialVersion(),
      artifactName: 'electron',
      platform: env.ELECTRON_INSTALL_PLATFORM || env.npm_config_platform || process.platform,
      arch: env.ELECTRON_INSTALL_ARCH || env.npm_config_arch || process.arch,
      cacheRoot: env.electron_config_cache,
      checksums: ownChecksums ? undefined : packageRequire('./checksums.json'),
      downloadOptions: {
        quiet: true,
        signal: watch.signal,
        getProgressCallback: async () => {
          if (!begun) notice(`Downloading Electron ${officialVersion()}…`)
          begun = true
          clearTimeout(timer)
          timer = setTimeout(giveUp('the download stopped half-way'), stallMs)
        },
      },
    })
  } finally {
    clearTimeout(timer)
  }
}
