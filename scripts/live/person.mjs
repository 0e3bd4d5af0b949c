// @ts-check
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../lib/paths.mjs'
import { Problem } from '../lib/problem.mjs'

/** A copy for this run: another build in the meantime does not change what is looked at. Libraries are found from here as well. */
const programFolder = join(root, `test-results/live/cli-${process.pid}`)
const program = join(programFolder, 'claw.js')
const longestRunMs = 6 * 60_000

/** What the scripts of the small model work on; the sum is wrong. */
const projectFiles = {
  'README.md': '# Sums\n\nAdds numbers. TODO: more of them.\n',
  'package.json': '{ "type": "module" }\n',
  'src/sum.js': 'export const sum = (a, b) => a - b\n',
  'src/sum.test.js':
    "import assert from 'node:assert/strict'\nimport test from 'node:test'\nimport { sum } from './sum.js'\n\n" +
    "test('adds', () => assert.equal(sum(1, 2), 3))\n",
}

/**
 * @typedef {{ type: string, [member: string]: any }} Line one line of `--json`
 * @typedef {object} Run
 * @property {number} code
 * @property {Line[]} lines
 * @property {Line} end the line `run-end`; empty when there was none
 * @property {string} out
 * @property {string} side
 * @property {number} ms
 */

export async function takeProgram() {
  await rm(programFolder, { recursive: true, force: true })
  await cp(join(root, 'out/cli'), programFolder, { recursive: true })
  process.on('exit', () => rmSync(programFolder, { recursive: true, force: true }))
}

/** Someone with the terminal program: a data folder and a project, both of their own. */
export class Person {
  /**
   * The folder has the same name in every run: it is part of the prompt, and the small model is deterministic.
   *
   * @param {string} name
   */
  constructor(name) {
    this.folder = join(tmpdir(), 'claw-live', name)
    this.home = join(this.folder, 'home')
    this.project = join(this.folder, 'project')
    /** @type {NodeJS.ProcessEnv} */
    this.env = { PATH: process.env.PATH, HOME: this.home, CLAW_HOME: this.home, CLAW_LOCAL_PORTS: 'none' }
  }

  async begin() {
    await rm(this.folder, { recursive: true, force: true })
    await mkdir(this.home, { recursive: true })
    await this.freshProject()
  }

  async freshProject() {
    await rm(this.project, { recursive: true, force: true })
    for (const [name, content] of Object.entries(projectFiles)) {
      const path = join(this.project, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
    }
  }

  /** @param {string} name @returns {Promise<string | null>} null = it is not there */
  async read(name) {
    try {
      return await readFile(join(this.project, name), 'utf8')
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null
      throw error
    }
  }

  /**
   * Runs the built program to its end.
   *
   * @param {string[]} args
   * @param {{ onLine?: (line: Line, child: import('node:child_process').ChildProcess) => void }} [options]
   * @returns {Promise<Run>}
   */
  claw(args, { onLine } = {}) {
    const began = performance.now()
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.project,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestRunMs,
    })
    let side = ''
    let out = ''
    /** @type {Line[]} */
    const lines = []
    child.stderr.setEncoding('utf8').on('data', (text) => {
      side += text
    })
    createInterface({ input: child.stdout }).on('line', (text) => {
      out += `${text}\n`
      if (!text.startsWith('{')) return
      const line = JSON.parse(text)
      lines.push(line)
      onLine?.(line, child)
    })
    return new Promise((resolve) => {
      child.once('close', (code) => {
        const end = lines.find(({ type }) => type === 'run-end') ?? { type: 'none' }
        resolve({ code: code ?? -1, lines, end, out, side, ms: Math.round(performance.now() - began) })
      })
    })
  }

  /** One prompt with all permissions. @param {string} prompt @param {string[]} [flags] @param {Parameters<Person['claw']>[1]} [options] */
  agent(prompt, flags = [], options) {
    return this.claw(['agent', '--json', '--allow-write', '--allow-shell', ...flags, '--', prompt], options)
  }
}

/** A saved backend for the small model. @param {Person} person @param {string[]} flags */
export async function addProfile(person, flags) {
  const model = flags.includes('--model') ? [] : ['--model', 'small']
  const { code, side } = await person.claw(['profiles', 'add', ...flags, ...model, '--temperature', '0'])
  if (code !== 0) throw new Problem(`claw profiles add ${flags.join(' ')} ended with ${code}: ${side.trim()}`)
}

/** The text that came in pieces. @param {Run} run @param {'text-delta' | 'reasoning-delta'} type */
export function textOf({ lines }, type) {
  return lines
    .filter((line) => line.type === type)
    .map(({ text }) => text)
    .join('')
}

/** The names of the tools that were called, in order. @param {Run} run @returns {string[]} */
export function toolsOf({ lines }) {
  return lines.filter(({ type }) => type === 'tool-start').map(({ name }) => name)
}

/** @param {Run} run @returns {string[]} */
export function warningsOf({ lines }) {
  return lines.filter(({ type }) => type === 'warning').map(({ code }) => code)
}

/** What became of a run, in a few words. @param {Run} run */
export function described(run) {
  const { end, code } = run
  const tools = toolsOf(run).join(', ')
  const words = [
    `exit ${code}`,
    end.reason,
    end.failure && `${end.failure.code}: ${end.failure.message}`,
    end.budget && `limit ${end.budget.limit} ${end.budget.used}/${end.budget.allowed}`,
    tools && `tools ${tools}`,
    warningsOf(run).length > 0 && `warnings ${warningsOf(run).join(', ')}`,
    `said ${JSON.stringify(String(end.finalText ?? run.side).slice(-160))}`,
  ]
  return words.filter(Boolean).join('; ')
}
