import { attachFlags, bgFlags, killFlags, logsFlags, psFlags } from '../command-line/background-flags.ts'
import { budgetFlags } from '../command-line/budget-flags.ts'
import type { Command } from '../command-line/command.ts'
import { doctorFlags } from '../command-line/doctor-flags.ts'
import { UsageError } from '../command-line/flag.ts'
import { nearest } from '../command-line/nearest.ts'
import { profileFlags } from '../command-line/profile-flags.ts'
import { resumeFlags, runFlags } from '../command-line/run-flags.ts'
import { sessionsFlags } from '../command-line/session-flags.ts'
import { completionFlags, installFlags } from '../command-line/set-up-flags.ts'
import { trustFlags } from '../command-line/trust-flags.ts'

/** All commands, in the order of the help. Each is loaded when it runs, so that none pays for the others. */
export const commands: Readonly<Record<string, Command>> = {
  agent: {
    group: 'work',
    operands: '"<prompt>"',
    summary: 'Do one thing and end.',
    details: [
      'Reads the folder and answers. Before it changes a file or runs a command it asks; where nobody can answer, the run ends with exit code 4 unless --allow-write or --allow-shell says yes beforehand.',
      'What is piped in follows the prompt. The prompt - waits for the input.',
    ],
    examples: [
      'agent "explain src/sum.js"',
      'agent "fix the failing test" --allow-write --allow-shell --max-turns 20',
      'git diff | claw agent "review this"',
    ],
    flags: runFlags,
    run: async (args, shell) => (await import('./agent.ts')).agent(args, shell),
  },
  'agent-chat': {
    group: 'work',
    operands: '[prompt]',
    summary: 'A conversation; /help lists its commands.',
    details: [
      'Ctrl-C stops the answer, Ctrl-D ends the conversation, a \\ at the end of a line goes on in the next. What is typed while it works waits for the next message.',
      'Without a terminal each line of the input is a message, and the exit code is that of the last one.',
    ],
    examples: ['agent-chat', 'agent-chat "what is in this folder?" --profile demo'],
    flags: runFlags,
    run: async (args, shell) => (await import('./agent-chat.ts')).agentChat(args, shell),
  },
  'agent-resume': {
    group: 'work',
    operands: '<session or run> ["<prompt>"]',
    shortOperands: '<session>',
    summary: 'Go on with a session: the beginning of its id is enough, or of that of its run.',
    details: [
      'With a prompt it runs it; without, it goes on as a conversation. The session keeps its folder, its system prompt and its backend unless a flag names another; it never may more than the flags of this run say.',
      'One that runs in the background is not taken away from there: agent-attach looks in. With --bg it goes on there.',
    ],
    examples: ['agent-resume 7f3a', 'agent-resume 7f3a "and now the tests" --allow-write'],
    flags: resumeFlags,
    run: async (args, shell) => (await import('./agent-resume.ts')).agentResume(args, shell),
  },
  'agent-bg': {
    group: 'work',
    operands: '"<prompt>"',
    summary: 'Start a run that goes on by itself, and print its ids.',
    details: [
      'It goes on when the terminal closes. What needs an approval waits for one: from agent-attach, or from the window. Where something works in the folder already, --worktree gives this run a copy and a branch of its own.',
    ],
    examples: ['agent-bg "update the documentation" --allow-write', 'agent-bg --worktree "bump eslint to 10"'],
    flags: bgFlags,
    run: async (args, shell) => (await import('./agent-bg.ts')).agentBg(args, shell),
  },
  'agent-ps': {
    group: 'look',
    operands: '',
    summary: 'List the background runs, newest first.',
    details: [],
    examples: ['agent-ps', 'agent-ps --watch', 'agent-ps --json'],
    flags: psFlags,
    run: async (args, shell) => (await import('./agent-ps.ts')).agentPs(args, shell),
  },
  'agent-logs': {
    group: 'look',
    operands: '<run>',
    summary: 'Show what a run did: the beginning of its id is enough.',
    details: [],
    examples: ['agent-logs 02c1', 'agent-logs 02c1 --tail 20 --follow'],
    flags: logsFlags,
    run: async (args, shell) => (await import('./agent-logs.ts')).agentLogs(args, shell),
  },
  'agent-attach': {
    group: 'look',
    operands: '<run>',
    summary: 'Look at a run as it goes on, answer it, and tell it more.',
    details: [
      'What is typed is its next message, or the answer to an approval. Ctrl-C stops it, Ctrl-D leaves it to itself. Several may look at once, here and in the window: all see the same, and any may answer. The exit code is that of the run.',
    ],
    examples: ['agent-attach 02c1'],
    flags: attachFlags,
    run: async (args, shell) => (await import('./agent-attach.ts')).agentAttach(args, shell),
  },
  'agent-kill': {
    group: 'look',
    operands: '<run>... | --all',
    shortOperands: '<run>...',
    summary: 'End runs for good, with all that they started.',
    details: ['It ends when nothing of them is left. Their sessions stay, and agent-resume can go on with them.'],
    examples: ['agent-kill 02c1 9e10', 'agent-kill --all'],
    flags: killFlags,
    run: async (args, shell) => (await import('./agent-kill.ts')).agentKill(args, shell),
  },
  sessions: {
    group: 'look',
    operands: '[list|show|rename|remove] [<session>]',
    shortOperands: '[action]',
    summary: 'The sessions, newest first: list, show, rename or remove them.',
    details: [],
    actions: [
      ['list', 'all of them'],
      ['show <session>', 'what was said and done in one'],
      ['rename <session> "<title>"', 'give one another title'],
      ['remove <session>', 'remove one for good'],
    ],
    examples: ['sessions', 'sessions --cwd . --limit 10', 'sessions rename 7f3a "Tariff page"'],
    flags: sessionsFlags,
    run: async (args, shell) => (await import('./sessions.ts')).sessions(args, shell),
  },
  budget: {
    group: 'look',
    operands: '[set <scope> <limit> <value>]',
    shortOperands: '[set …]',
    summary: 'What was spent today and this month, and the limits.',
    details: [
      'Scopes: run, background-run, session, day, month. Limits: total-tokens, input-tokens, output-tokens, reasoning-tokens, usd, tool-calls, model-calls, turns, wall-time. With --profile it is for that profile alone.',
    ],
    actions: [
      ['budget', 'today, this month, and the limits'],
      ['budget --since 7d --by model', 'sums of a range'],
      ['budget set <scope> <limit> <value>', 'set a limit; the value none takes it away'],
    ],
    examples: ['budget set day usd 5', 'budget --since 30d --csv > spent.csv'],
    flags: budgetFlags,
    run: async (args, shell) => (await import('./budget.ts')).budget(args, shell),
  },
  profiles: {
    group: 'set up',
    operands: 'list|show|add|set|use|remove|test|export|import [<profile or file>]',
    shortOperands: '<action>',
    summary: 'The backends: list, show, add, set, use, remove, test, export or import them.',
    details: [
      'A key is never given on the command line: --key-env names a variable, --key-stdin reads it, otherwise it is asked.',
    ],
    actions: [
      ['list', 'all of them; the one that a new run gets is marked'],
      ['show <profile>', 'one in full'],
      ['add <name> [flags]', 'save one; --kind gives it the address and model of a preset'],
      ['set <profile> [flags]', 'change one'],
      ['use <profile>', 'make it the one that a new run gets'],
      ['remove <profile>', 'remove it and its key'],
      ['test [<profile>]', 'ask the server for its models'],
      ['export [<file>]', 'write the saved ones as JSON, without keys'],
      ['import <file>', 'add those of such a file, all or none'],
    ],
    examples: [
      'profiles add box --base-url http://127.0.0.1:8080/v1',
      'profiles add router --kind openrouter --key-env OPENROUTER_API_KEY',
      'profiles use box',
    ],
    flags: profileFlags,
    run: async (args, shell) => (await import('./profiles.ts')).profiles(args, shell),
  },
  doctor: {
    group: 'set up',
    operands: '[<profile>]',
    summary: 'Test a backend with real calls, and say what to do about what is wrong.',
    details: [
      'Asks only the chosen model, with short answers. A model that the server has not loaded is loaded after a yes, or with --load; without either the exit code is 4. It is 0 when there is no problem, 1 with one, 5 when nobody answers.',
    ],
    examples: ['doctor', 'doctor box --load'],
    flags: doctorFlags,
    run: async (args, shell) => (await import('./doctor.ts')).doctor(args, shell),
  },
  trust: {
    group: 'set up',
    operands: '[<folder>]',
    summary: 'Show the policy of a folder, and let what it loosens count.',
    details: [
      'A .claw-policy.json in the folder or above always tightens: it denies tools and lowers limits. Its texts for the model, its variables and what it allows count only after you trusted it, as it was when you saw it. A change of the file takes the trust away. An AGENTS.md (or CLAUDE.md) counts in a folder that you trust, also when it changes. At a terminal it asks after it showed everything; elsewhere it needs --yes.',
    ],
    examples: ['trust', 'trust ~/code/parcel-api --show'],
    flags: trustFlags,
    run: async (args, shell) => (await import('./trust.ts')).trust(args, shell),
  },
  'install-path': {
    group: 'set up',
    operands: '',
    summary: 'Put claw on the PATH, so that it can be started from every folder.',
    details: [
      'It writes a small file named claw into a folder of your own that the PATH names, or into ~/.local/bin and says how to add that. No other file is touched, and --remove takes it away.',
    ],
    examples: ['install-path', 'install-path --remove'],
    flags: installFlags,
    run: async (args, shell) => (await import('./install-path.ts')).installPath(args, shell),
  },
  completion: {
    group: 'set up',
    operands: 'bash|zsh|fish',
    summary: 'Print what makes the Tab key complete commands and flags in a shell.',
    details: ['It completes the command named claw, so that has to be on the PATH.'],
    actions: [
      ['bash', 'in ~/.bashrc: source <(claw completion bash)'],
      ['zsh', 'in ~/.zshrc, behind compinit: source <(claw completion zsh)'],
      ['fish', 'claw completion fish > ~/.config/fish/completions/claw.fish'],
    ],
    examples: ['completion bash'],
    flags: completionFlags,
    run: async (args, shell) => (await import('./completion.ts')).completion(args, shell, commands),
  },
}

/** `UsageError` with the one that was perhaps meant. */
export function findCommand(name: string): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command) return command
  if (name.startsWith('-')) throw new UsageError(flagFirst(name))
  const known = Object.keys(commands)
  const near = known.find((other) => other === `agent-${name}`) ?? nearest(name, [...known, 'help'])
  const meant = near ? `; perhaps ${near} was meant` : ''
  const prompt = name.includes(' ') ? ' For a prompt put agent before it.' : ''
  throw new UsageError(`There is no command "${name}"${meant}.${prompt}`)
}

/** A flag where a command should stand. */
function flagFirst(flag: string): string {
  const near = nearest(flag, ['--version', '--help'])
  if (near) return `There is no flag ${flag}; perhaps ${near} was meant.`
  const [name = ''] = flag.replace(/^-+/, '').split('=')
  const isKnown = Object.hasOwn(runFlags, name)
  return isKnown ? `${flag} comes behind a command, such as agent.` : `There is no flag ${flag}.`
}
