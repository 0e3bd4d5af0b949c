import { z } from 'zod'
import { commandRule, describeCommandRule } from '../approval/approval-rule.ts'
import { catastrophe } from '../approval/command-guard.ts'
import { defineTool } from '../contract/define-tool.ts'
import type { ApprovalPreview, ToolContext, ToolResult } from '../contract/tool.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import { folderName } from '../contract/workspace.ts'
import { describeReach, sandboxedCommand } from '../sandbox/sandbox.ts'
import { commandEnvironment } from './command-environment.ts'
import { COMMAND_LIMITS, type CommandLimits } from './command-group.ts'
import { packageScript } from './package-script.ts'
import { type CommandEnd, runCommand } from './run-command.ts'

const TIMEOUT_MS = 600_000
const SESSION_FACT = 'This session'

const Input = z.object({ command: z.string().min(1) })

interface BashOptions {
  /** Ends a command that does not end by itself. */
  timeoutMs?: number
  limits?: CommandLimits
}

/** The shell tool. */
export function createBashTool({ timeoutMs = TIMEOUT_MS, limits = COMMAND_LIMITS }: BashOptions = {}) {
  return defineTool({
    name: 'bash',
    description:
      'Run a shell command in the workspace and get its output and exit code. No terminal and no input. Background processes end with the command.',
    input: Input,
    access: 'shell',
    kind: 'run',
    describe: ({ command }) => ({ verb: 'Run', target: command }),
    async prepare({ command }, context) {
      const ruin = catastrophe(command)
      // With the sandbox a person holds on to it; without, they may mean even this, but say so each time.
      if (ruin && context.sandbox) throw neverRun(ruin)
      const preview = await commandPreview(command, context)
      return {
        kind: 'prepared',
        preview: ruin ? withWarning(preview, ruin) : preview,
        run: async (confirmed = false) => {
          if (ruin && !confirmed) throw neverRun(ruin)
          return { kind: 'done', result: await runInSandbox(command, context, timeoutMs, limits) }
        },
      }
    },
  })
}

async function commandPreview(command: string, { workspace, sandbox }: ToolContext): Promise<ApprovalPreview> {
  const sessionRule = commandRule(command)
  const script = await packageScript(workspace, command)
  return {
    purpose: `to run a command in ${folderName(workspace.root)}`,
    subject: { kind: 'command', command },
    facts: [
      ...(script ? [{ name: 'Runs as', text: `${script}, from package.json` }] : []),
      { name: 'Can reach', text: await describeReach(workspace, sandbox) },
      { name: SESSION_FACT, text: describeCommandRule(sessionRule) },
    ],
    sessionRule,
  }
}

async function runInSandbox(
  command: string,
  context: ToolContext,
  timeoutMs: number,
  limits: CommandLimits,
): Promise<ToolResult> {
  const { workspace, sandbox, passedVariables, keyVariables, signal, onOutput } = context
  const environment = commandEnvironment(process.env, passedVariables, keyVariables)
  const sandboxed = sandbox ? await sandboxedCommand(workspace, environment) : null
  let released: Promise<string[]> | undefined
  try {
    const end = await runCommand({
      ...{ command, folder: workspace.root, timeoutMs, limits, signal, onOutput },
      environment: { ...environment, ...sandboxed?.environment },
      sandbox: sandboxed,
    })
    released = sandboxed?.release()
    return {
      ok: end.exitCode === 0 && end.ended === null,
      output: forModel(end, sandboxed !== null, (await released) ?? [], timeoutMs),
      summary: summaryOf(end, timeoutMs),
      exitCode: end.exitCode,
    }
  } finally {
    await (released ?? sandboxed?.release())
  }
}

function summaryOf({ ended, exitCode }: CommandEnd, timeoutMs: number): string {
  if (ended === 'timeout') return `ended after ${minutes(timeoutMs)}`
  return ended === 'stopped' ? 'stopped' : `exit ${exitCode}`
}

function neverRun(ruin: string): ToolProblem {
  return new ToolProblem(`This command is never run. ${ruin}`, 'refused as destructive')
}

function withWarning(preview: ApprovalPreview, ruin: string): ApprovalPreview {
  const facts = preview.facts.filter(({ name }) => name !== SESSION_FACT)
  const session = { name: SESSION_FACT, text: 'would allow nothing more: this is asked about each time' }
  return { ...preview, facts: [{ name: 'Danger', text: ruin }, ...facts, session], beyond: 'permissions' }
}

/** The output as it was, then in brackets what the model cannot see in it. */
function forModel(end: CommandEnd, sandboxed: boolean, changed: readonly string[], timeoutMs: number): string {
  const notes = [
    end.ended === 'timeout'
      ? `ended because it ran longer than ${minutes(timeoutMs)}`
      : end.ended === 'stopped'
        ? 'it was stopped here: what it had done until then is done'
        : end.exitCode !== 0
          ? `exit code ${end.exitCode}`
          : '',
    end.leftovers ? 'the processes that it left in the background were ended with it: none of them is running now' : '',
    ...changed,
    sandboxed && end.exitCode !== 0 ? sandboxHint(end.output) : '',
  ].filter((note) => note !== '')
  return [end.output || '(no output)', ...notes.map((note) => `[${note}]`)].join('\n')
}

const NO_NETWORK =
  /could not resolve|name resolution|network is unreachable|ENETUNREACH|ENOTFOUND|EAI_AGAIN|getaddrinfo|no such host|dial tcp|dns error|failed to (connect|lookup)|unable to (connect|resolve|access 'https?)/i
const READ_ONLY = /read-only file system|EROFS|device or resource busy/i

/** Otherwise a model tries the same in many ways. */
function sandboxHint(output: string): string {
  if (NO_NETWORK.test(output)) {
    return 'commands run in a sandbox without network: do not try again. Ask the user to run this one, or to switch the sandbox off'
  }
  if (READ_ONLY.test(output)) {
    return 'commands run in a sandbox that writes in the workspace and /tmp only, and commits but changes no settings or hooks of git: work there, or ask the user to run this one'
  }
  return ''
}

function minutes(milliseconds: number): string {
  return milliseconds >= 60_000 ? `${Math.round(milliseconds / 60_000)} min` : `${milliseconds / 1000} s`
}
