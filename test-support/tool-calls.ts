import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, onTestFinished, vi } from 'vitest'
import { parseArguments } from '../electron/engine/tools/contract/call-arguments.ts'
import { prepareCall } from '../electron/engine/tools/contract/prepare-call.ts'
import type {
  ApprovalPreview,
  PreparedCall,
  Tool,
  ToolContext,
  ToolResult,
} from '../electron/engine/tools/contract/tool.ts'
import { openWorkspace, type Workspace } from '../electron/engine/tools/contract/workspace.ts'
import { contentVersion } from '../electron/engine/tools/files/content-version.ts'

/** Nothing of the tests of a file stays in the machine's temp folder, not even what a sandbox puts there. */
export function ownTemporaryFolder(): void {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'claw-tools-'))
    vi.stubEnv('TMPDIR', folder)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  })
}

/** A folder with these files that is gone after the test. */
export async function temporaryFolder(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'claw-tools-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

export async function temporaryWorkspace(files: Record<string, string | Uint8Array> = {}): Promise<Workspace> {
  return await openWorkspace(await temporaryFolder(files))
}

export function contextFor(workspace: Workspace, options: Partial<ToolContext> = {}): ToolContext {
  return {
    workspace,
    signal: new AbortController().signal,
    onOutput: () => {},
    sandbox: false,
    known: () => null,
    ...options,
  }
}

/** As the agent does it: JSON text in, result out. */
export async function call(
  tool: Tool,
  input: object,
  workspace: Workspace,
  options: Partial<ToolContext> = {},
): Promise<ToolResult> {
  const parsed = parseArguments(tool, JSON.stringify(input))
  if (!parsed.ok) return { ok: false, output: parsed.output, summary: 'wrong arguments' }
  return await runTool(tool, parsed.input, contextFor(workspace, options))
}

/** For a call by a model that has just read a file. */
export async function havingRead(workspace: Workspace, path: string): Promise<Pick<ToolContext, 'known'>> {
  const version = contentVersion(await readFile(join(workspace.root, path)))
  return { known: (shown) => (shown === path ? { version, unseen: null } : null) }
}

/** What a tool made for a test prepares: it may run at once, and is done with that result. */
export function prepared(preview: ApprovalPreview | null, run: () => Promise<ToolResult>): Promise<PreparedCall> {
  return Promise.resolve({ kind: 'prepared', preview, run: async () => ({ kind: 'done', result: await run() }) })
}

/** Prepared and run at once, with nobody in between. */
export async function runTool(tool: Tool, input: unknown, context: ToolContext): Promise<ToolResult> {
  const prepared = await prepareCall(tool, input, context)
  if (prepared.kind === 'settled') return prepared.result
  const outcome = await prepared.run()
  return outcome.kind === 'done' ? outcome.result : { ok: false, output: '', summary: outcome.kind }
}

/** What a person would be asked, or why the call cannot work. */
export async function previewOf(
  tool: Tool,
  input: unknown,
  context: ToolContext,
): Promise<ApprovalPreview | ToolResult | null> {
  const prepared = await prepareCall(tool, input, context)
  return prepared.kind === 'settled' ? prepared.result : prepared.preview
}

export async function textOf(workspace: Workspace, path: string): Promise<string> {
  return await readFile(join(workspace.root, path), 'utf8')
}
