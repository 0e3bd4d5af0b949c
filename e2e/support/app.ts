import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test as base, type ElectronApplication, _electron as electron, type Page } from '@playwright/test'
import { type ScriptedBackend, startScriptedBackend } from '../../test-support/scripted-backend.ts'
import { endRuns } from './end-runs.ts'

/** A folder of files for the agent to work in, such as `{ 'src/sum.js': '…' }`. */
export type ProjectFiles = Record<string, string>

export interface LaunchOptions {
  /** Added to a bare environment; `OPENAI_BASE_URL` and friends make a profile. */
  env?: Record<string, string>
  args?: string[]
  colorScheme?: 'light' | 'dark'
}

export interface RunningApp {
  app: ElectronApplication
  page: Page
}

/** One person's machine: a data folder and a project, both temporary, and the app started on them as often as needed. */
export class Machine {
  readonly home: string
  readonly project: string
  readonly #running = new Set<ElectronApplication>()
  readonly #environment: Record<string, string> = {}

  private constructor(home: string, project: string) {
    this.home = home
    this.project = project
  }

  static async create(): Promise<Machine> {
    const root = await mkdtemp(join(tmpdir(), 'claw-e2e-'))
    const machine = new Machine(join(root, 'home'), join(root, 'project'))
    await mkdir(machine.home)
    await mkdir(machine.project)
    await mkdir(join(root, 'tmp'))
    return machine
  }

  /** For every start of the app on this machine. */
  addEnvironment(env: Record<string, string>): void {
    Object.assign(this.#environment, env)
  }

  async write(files: ProjectFiles): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.project, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
    }
  }

  read(name: string): Promise<string> {
    return readFile(join(this.project, name), 'utf8')
  }

  async has(name: string): Promise<boolean> {
    return (await readdir(this.project)).includes(name)
  }

  async launch(options: LaunchOptions = {}): Promise<RunningApp> {
    const { app } = await this.start(options)
    return { app, page: await app.firstWindow() }
  }

  /** Without waiting for a window, which a hidden start has not. */
  async start({ env = {}, args = [], colorScheme = 'light' }: LaunchOptions = {}): Promise<Pick<RunningApp, 'app'>> {
    const app = await electron.launch({
      executablePath: electronPath(),
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '.', ...args],
      cwd: PROJECT_ROOT,
      colorScheme,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: this.home,
        DISPLAY: process.env.DISPLAY ?? '',
        ...(process.env.XAUTHORITY && { XAUTHORITY: process.env.XAUTHORITY }),
        LANG: 'C.UTF-8',
        CLAW_HOME: this.home,
        // What commands leave in their temp folder goes with the machine.
        TMPDIR: join(dirname(this.home), 'tmp'),
        CLAW_CWD: this.project,
        // Whatever runs on the usual ports of the machine that tests is no part of the test.
        CLAW_LOCAL_PORTS: 'none',
        ...this.#environment,
        ...env,
      },
    })
    this.#running.add(app)
    app.once('close', () => this.#running.delete(app))
    return { app }
  }

  /** Ends the app as the system's out-of-memory killer would. */
  async kill({ app }: RunningApp): Promise<void> {
    const closed = new Promise<void>((resolve) => app.once('close', () => resolve()))
    app.process().kill('SIGKILL')
    await closed
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#running].map((app) => app.close()))
    await endRuns(this.home)
    await rm(dirname(this.home), { recursive: true, force: true, maxRetries: 3 })
  }
}

/** `machine` and a scripted `backend`, made anew for each test and gone after it. */
export const test = base.extend<{ machine: Machine; backend: ScriptedBackend }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright demands an object pattern
  machine: async ({}, use) => {
    const machine = await Machine.create()
    await use(machine)
    await machine.dispose()
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright demands an object pattern
  backend: async ({}, use) => {
    const backend = await startScriptedBackend()
    await use(backend)
    await backend.close()
  },
})

export { expect } from '@playwright/test'

/** The environment that points the app at a scripted backend. */
export function environmentFor(backend: ScriptedBackend): Record<string, string> {
  return { OPENAI_BASE_URL: backend.baseUrl, OPENAI_API_KEY: 'sk-test-0123456789', OPENAI_MODEL: 'scripted' }
}

const PROJECT_ROOT = join(import.meta.dirname, '../..')
let executable: string | undefined

function electronPath(): string {
  executable ??= execFileSync(process.execPath, ['scripts/electron.mjs', '--print'], {
    cwd: PROJECT_ROOT,
    encoding: 'utf8',
  }).trim()
  return executable
}
