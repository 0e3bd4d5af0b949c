import { attachFlags, bgFlags, killFlags, logsFlags, psFlags } from '../command-line/background-flags.ts'
import { budgetFlags } from '../command-line/budget-flags.ts'
import { doctorFlags } from '../command-line/doctor-flags.ts'
import { UsageError } from '../command-line/flag.ts'
import { isSlip } from '../command-line/parse-flags.ts'
import { profileFlags } from '../command-line/profile-flags.ts'
import { resumeFlags, runFlags, sessionsFlags } from '../command-line/run-flags.ts'
import { trustFlags } from '../command-line/trust-flags.ts'
import type { Command } from './command.ts'

/** All commands, in the order of the help. Each is loaded when it runs, so that none pays for the others. */
export const commands: Readonly<Record<string, Command>> = {
  agent: {
    operands: '"<prompt>"',
    summary: 'Do one thing and end.',
    details: [
      'Reads the folder and answers. Before it changes a file or runs a command it asks; where nobody can answer, the',
      'run ends with exit code 4 unless --allow-write or --allow-shell says yes beforehand.',
      'What is piped in follows the prompt: git diff | claw agent "review this". The prompt - waits for the input.',
    ],
    flags: runFlags,
    run: async (args, shell) => (await import('./agent.ts')).agent(args, shell),
  },
  'agent-chat': {
    operands: '[prompt]',
    summary: 'A conversation; /help lists its commands.',
    details: [
      'Ctrl-C stops the answer, Ctrl-D ends the conversation, a \\ at the end of a line goes on in the next.',
      'Without a terminal each line of the input is a message, and the exit code is that of the last one.',
    ],
    flags: runFlags,
    run: async (args, shell) => (await import('./agent-chat.ts')).agentChat(args, shell),
  },
  'agent-resume': {
    operands: '<session or run> ["<prompt>"]',
    summary: 'Go on with a session: the beginning of its id is enough, or of that of its run.',
    details: [
      'With a prompt it runs it; without, it goes on as a conversation. The session keeps its folder, its system prompt',
      'and its backend unless a flag names another; it never may more than the flags of this run say.',
      'One that runs in the background is not taken away from there: agent-attach looks in. With --bg it goes on there.',
    ],
    flags: resumeFlags,
    run: async (args, shell) => (await import('./agent-resume.ts')).agentResume(args, shell),
  },
  'agent-bg': {
    operands: '"<prompt>"',
    summary: 'Start a run that goes on by itself, and print its ids.',
    details: [
      'It goes on when the terminal closes. What needs an approval waits for one: from agent-attach, or from the window.',
      'Where something works in the folder already, --worktree gives this run a copy and a branch of its own.',
    ],
    flags: bgFlags,
    run: async (args, shell) => (await import('./agent-bg.ts')).agentBg(args, shell),
  },
  'agent-ps': {
    operands: '',
    summary: 'List the background runs, newest first.',
    details: [],
    flags: psFlags,
    run: async (args, shell) => (await import('./agent-ps.ts')).agentPs(args, shell),
  },
  'agent-logs': {
    operands: '<run>',
    summary: 'Show what a run did: the beginning of its id is enough.',
    details: [],
    flags: logsFlags,
    run: async (args, shell) => (await import('./agent-logs.ts')).agentLogs(args, shell),
  },
  'agent-attach': {
    operands: '<run>',
    summary: 'Look at a run as it goes on, answer it, and tell it more.',
    details: [
      'What is typed is its next message, or the answer to an approval. Ctrl-C stops it, Ctrl-D leaves it to itself. Several',
      'may look at once, here and in the window: all see the same, and any may answer. The exit code is that of the run.',
    ],
    flags: attachFlags,
    run: async (args, shell) => (await import('./agent-attach.ts')).agentAttach(args, shell),
  },
  'agent-kill': {
    operands: '<run>... | --all',
    summary: 'End runs for good, with all that they started.',
    details: ['It ends when nothing of them is left. Their sessions stay, and agent-resume can go on with them.'],
    flags: killFlags,
    run: async (args, shell) => (await import('./agent-kill.ts')).agentKill(args, shell),
  },
  sessions: {
    operands: '',
    summary: 'List the sessions, newest first.',
    details: [],
    flags: sessionsFlags,
    run: async (args, shell) => (await import('./sessions.ts')).sessions(args, shell),
  },
  profiles: {
    operands: 'list|show|add|set|use|remove|test|export|import [<profile or file>]',
    summary: 'The backends: list, show, add, set, use, remove, test, export or import them.',
    details: [
      'list                 all of them; the one that a new run gets is marked',
      'show <profile>       one in full',
      'add <name> [flags]   save one; --kind gives it the address and model of a preset',
      'set <profile> [flags] change one',
      'use <profile>        make it the one that a new run gets',
      'remove <profile>     remove it and its key',
      'test [<profile>]     ask the server for its models',
      'export [<file>]      write the saved ones as JSON, without keys',
      'import <file>        add those of such a file, all or none',
      '',
      'A key is never given on the command line: --key-env names a variable, --key-stdin reads it, otherwise it is asked.',
    ],
    flags: profileFlags,
    run: async (args, shell) => (await import('./profiles.ts')).profiles(args, shell),
  },
  budget: {
    operands: '[set <scope> <limit> <value>]',
    summary: 'What was spent today and this month, and the limits.',
    details: [
      'budget               today, this month, and the limits',
      'budget --since 7d --by model    sums of a range',
      'budget set <scope> <limit> <value>   set a limit; the value none takes it away',
      '',
      'Scopes: run, background-run, session, day, month. Limits: total-tokens, input-tokens, output-tokens,',
      'reasoning-tokens, usd, tool-calls, model-calls, turns, wall-time. With --profile it is for that profile alone.',
    ],
    flags: budgetFlags,
    run: async (args, shell) => (await import('./budget.ts')).budget(args, shell),
  },
  doctor: {
    operands: '[<profile>]',
    summary: 'Test a backend with real calls, and say what to do about what is wrong.',
    details: [
      'Asks only the chosen model, with short answers. A model that the server has not loaded is loaded after a yes, or',
      'with --load; without either the exit code is 4. It is 0 when there is no problem, 1 with one, 5 when nobody answers.',
    ],
    flags: doctorFlags,
    run: async (args, shell) => (await import('./doctor.ts')).doctor(args, shell),
  },
  trust: {
    operands: '[<folder>]',
    summary: 'Show the policy of a folder, and let what it loosens count.',
    details: [
      'A .claw-policy.json in the folder or above always tightens: it denies tools and lowers limits. Its texts for the',
      'model, its variables and what it allows count only after you trusted it, as it was when you saw it. A change of',
      'the file takes the trust away. At a terminal it asks after it showed everything.',
    ],
    flags: trustFlags,
    run: async (args, shell) => (await import('./trust.ts')).trust(args, shell),
  },
}

/** `UsageError` with what there is. */
export function findCommand(name: string): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command) return command
  const names = Object.keys(commands)
  const near = names.find((other) => other === `agent-${name}` || isSlip(other, name))
  throw new UsageError(
    `There is no command "${name}"${near ? `; perhaps ${near} was meant` : ''}. There are: ${names.join(', ')}, help.`,
  )
}
