import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'

/**
 * Keeps the compiled program from one start to the next, for each command what it needs: compiling is the largest part of
 * a start that is ours to save. That is done for the large files in `assets`, beside the file that this is in. `folder` is
 * a private one, because what stands there is run. Where it cannot be written, whoever needs it says so, and a start takes
 * a moment longer.
 */
export function keepCompiled(folder: string, command: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOwn(folder)) return
  } catch {
    // A folder that cannot be written: the program starts a little slower.
    return
  }
  // From 22.1 on Node does it by itself.
  if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') {
    module.enableCompileCache(folder)
    return
  }
  const { extensions } = module.createRequire(import.meta.url)
  const usual = extensions['.js']
  const assets = join(import.meta.dirname, 'assets')
  extensions['.js'] = (loaded, path) => {
    // The others are so small that compiling them is quicker than reading a second file.
    if (dirname(path) !== assets || !LARGE.test(basename(path))) usual?.(loaded, path)
    else load(loaded, path, folder, /^[a-z-]+$/.test(command) ? command : 'other')
  }
}

/** Whether nobody else can put something there. */
function isOwn(folder: string): boolean {
  if (!process.getuid) return true
  const { uid, mode } = statSync(folder)
  return uid === process.getuid() && (mode & 0o022) === 0
}

/** By the name that the build gives them: nearly all of the program, and what speaks HTTP. */
const LARGE = /^(core|undici-http)-/

/** What Node does with such a file, with V8's compiled form beside it. The script must not `import()`: Node 20 has no loader for it. */
function load(loaded: NodeJS.Module, path: string, folder: string, command: string): void {
  // The name of a chunk has the hash of its content. V8 itself refuses what another version of it made.
  const name = `${command}.${basename(path)}.${process.version}-${process.arch}`
  const cachedData = readWhole(join(folder, name))
  // The build writes ASCII.
  const script = new Script(module.wrap(readFileSync(path, 'latin1')), {
    filename: path,
    ...(cachedData && { cachedData }),
  })
  // At the end everything has been compiled that such a run needs. A command that went wrong may not have come so far.
  if (script.cachedDataRejected !== false)
    process.once('exit', (code) => {
      if (code === 0) write(folder, name, script.createCachedData())
    })
  const run = script.runInThisContext()
  run.call(loaded.exports, loaded.exports, module.createRequire(path), loaded, path, dirname(path))
}

const DIGEST_BYTES = 32

/** V8 takes what it is given on trust and dies of a damaged file, so a digest stands before it. */
function readWhole(path: string): Buffer | null {
  try {
    const kept = readFileSync(path)
    const data = kept.subarray(DIGEST_BYTES)
    return digest(data).equals(kept.subarray(0, DIGEST_BYTES)) ? data : null
  } catch {
    // Nothing was kept yet.
    return null
  }
}

/** Of a file, for a command: two versions of the program, or of Node, may be used in turns. */
const KEPT = 4

function write(folder: string, name: string, data: Buffer): void {
  const fresh = join(folder, `${name}.${process.pid}`)
  try {
    writeFileSync(fresh, Buffer.concat([digest(data), data]), { mode: 0o600 })
    renameSync(fresh, join(folder, name))
    const [alike = name] = /^[^.]+\.(core|undici-http)-/.exec(name) ?? []
    const kept = readdirSync(folder).filter((other) => other.startsWith(alike))
    const newestFirst = kept
      .map((other) => join(folder, other))
      .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
    for (const old of newestFirst.slice(KEPT)) rmSync(old, { force: true })
  } catch {
    // A full disk, perhaps: the next start tries again. Half a file would only fill it more.
    rmSync(fresh, { force: true })
  }
}

function digest(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}
