// @ts-check
// The wall time of one command that does nothing: bare `sh -c true`, the tool without a sandbox, and the tool in it, in
// alternating rounds of one run. The folder is a repository below a home folder, as most are.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { median, report } from './lib/table.mjs'

const ROUNDS = 60
const root = join(import.meta.dirname, '../..')
const out = join(root, 'node_modules/.cache/bench-commands')
await build({
  root,
  logLevel: 'error',
  configFile: false,
  build: {
    ssr: join(root, 'electron/engine/tools/shell/bash.ts'),
    outDir: out,
    target: 'node20',
    rollupOptions: { output: { entryFileNames: 'bash.mjs' } },
  },
})
const { createBashTool } = await import(pathToFileURL(join(out, 'bash.mjs')).href)
const folder = await realpath(await mkdtemp(join(tmpdir(), 'claw-bench-commands-')))
try {
  const work = join(folder, 'work')
  await mkdir(work)
  await ended(spawn('git', ['init', '-q'], { cwd: work, stdio: 'ignore' }))
  const workspace = { root: work, addedFolders: [] }
  const ways = {
    bare: () => ended(spawn('sh', ['-c', 'true'], { cwd: work, stdio: ['ignore', 'pipe', 'ignore'] })),
    free: () => command(false),
    sandboxed: () => command(true),
  }
  /** @type {Record<string, number[]>} */
  const times = { bare: [], free: [], sandboxed: [] }
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, run] of Object.entries(ways)) {
      const began = performance.now()
      await run()
      // The first round looks at the machine.
      if (round > 0) times[name]?.push(performance.now() - began)
    }
  }
  const { bare = [], free = [], sandboxed = [] } = times
  const [without, alone, within] = [median(bare), median(free), median(sandboxed)]
  report([
    { name: 'a command without a sandbox, beside sh -c true', unit: 'ms', floor: without, ours: alone, target: null },
    { name: 'a command in the sandbox, beside sh -c true', unit: 'ms', floor: without, ours: within, target: null },
    { name: 'what the sandbox adds to a command', unit: 'ms', floor: null, ours: within - alone, target: 20 },
  ])

  /** @param {boolean} sandbox */
  async function command(sandbox) {
    const signal = new AbortController().signal
    const context = { workspace, sandbox, signal, onOutput: () => undefined }
    const prepared = await createBashTool().prepare({ command: 'true' }, context)
    const outcome = await prepared.run()
    if (outcome.kind !== 'done' || !outcome.result.ok) throw new Error(`The command failed: ${JSON.stringify(outcome)}`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** @param {import('node:child_process').ChildProcess} child */
function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
}
