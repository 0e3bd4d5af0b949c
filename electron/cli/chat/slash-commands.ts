import { permissionLabel, permissionTiers } from '#shared/policy/permission-tiers.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { Engine, Session } from '../../engine/engine.ts'
import type { Choice } from '../run/open-engine.ts'
import type { Stage } from '../run/run-turn.ts'
import { plainLine } from '../terminal/plain-text.ts'
import { policyLines } from '../terminal/policy-lines.ts'
import type { Shell } from '../terminal/shell.ts'
import { usageWords } from '../terminal/words.ts'

/** The conversation as a command sees and changes it. */
export interface ChatControls {
  readonly engine: Engine
  readonly shell: Shell
  readonly stage: Stage
  readonly choice: Choice
  readonly permissions: Permissions
  readonly session: Session | null
  /** Where a new session works. */
  folder(): string
  /** Where the session works, and the folders added to it. `FailureError` `invalid-input`: one of them is not there. */
  folders(): Promise<[string, string[]]>
  /** Gives the session up; the next message begins a new one. */
  clear(): Promise<void>
  /** Who answers from here on. `FailureError` if it cannot. */
  choose(choice: Choice): Promise<void>
  /** What it may do from here on. */
  allow(permissions: Permissions): Promise<void>
}

interface SlashCommand {
  operand: string
  help: string
  run(chat: ChatControls, argument: string): Promise<readonly string[] | 'exit'>
}

const slashCommands: Readonly<Record<string, SlashCommand>> = {
  help: {
    operand: '',
    help: 'Show these commands.',
    run: async () => [
      ...Object.entries(slashCommands).map(([name, { operand, help }]) => `${`/${name} ${operand}`.padEnd(21)}${help}`),
      'Ctrl-C stops the answer, Ctrl-D leaves; a \\ at the end of a line goes on in the next.',
    ],
  },
  model: {
    operand: '[model]',
    help: 'Show the models of the backend, or change to one.',
    run: async (chat, argument) => {
      const { profileId, overrides } = chat.choice
      if (argument) {
        await chat.choose({ profileId, overrides: { ...overrides, model: argument } })
        const listed = chat.engine.profiles.statuses().find(({ profile }) => profile.id === profileId)?.models ?? []
        const isListed = listed.length === 0 || listed.some(({ id }) => id === argument)
        return [
          `${plainLine(argument)} answers from here on.`,
          ...(isListed ? [] : ['The backend does not list this model. Those it lists: /model.']),
        ]
      }
      await chat.engine.profiles.check(profileId)
      const status = chat.engine.profiles.statuses().find(({ profile }) => profile.id === profileId)
      if (status?.failure) return [status.failure.message]
      const current = currentModel(chat)
      return (status?.models ?? []).map(({ id }) => `${id === current ? '*' : ' '} ${plainLine(id)}`)
    },
  },
  profile: {
    operand: '[profile]',
    help: 'Show the backends, or change to one.',
    run: async (chat, argument) => {
      const { profiles } = chat.engine
      if (argument) {
        const profile = profiles.find(argument)
        await chat.choose({ profileId: profile.id, overrides: {} })
        return [`${plainLine(profile.name)} answers from here on.`]
      }
      return profiles
        .list()
        .map(({ id, name }) => `${id === chat.choice.profileId ? '*' : ' '} ${id}  ${plainLine(name)}`)
    },
  },
  tools: {
    operand: '',
    help: 'Show what it can use.',
    run: async (chat) => {
      const policy = await chat.engine.policies.policyIn(...(await chat.folders()))
      return chat.engine.tools.map(
        ({ name, access }) => `${name.padEnd(14)}${policy.denial(name) ? 'denied by the policy' : accessWords[access]}`,
      )
    },
  },
  policy: {
    operand: '',
    help: 'Show which policy applies, and from which file.',
    run: async (chat) =>
      policyLines(
        { ...chat.shell.screen.side, colour: false },
        await chat.engine.policies.show(...(await chat.folders())),
      ),
  },
  permissions: {
    operand: '[tier]',
    help: 'Show what it may do, or change it.',
    run: async (chat, argument) => {
      const tier = permissionTiers.find(({ id }) => id === argument)
      if (tier) {
        await chat.allow(tier.permissions)
        return [`${tier.label}.`]
      }
      const rows = permissionTiers.map(
        ({ id, label, permissions }) => `${same(permissions, chat.permissions) ? '*' : ' '} ${id.padEnd(11)}${label}`,
      )
      return argument ? [`There is no tier ${plainLine(argument)}. There are:`, ...rows] : rows
    },
  },
  status: {
    operand: '',
    help: 'Show the session, its backend and what it used.',
    run: async (chat) => {
      const view = chat.session?.view()
      const profile = chat.engine.profiles.get(chat.choice.profileId)
      return [
        `Session      ${view ? view.sessionId : 'begins with the first message'}`,
        `Folder       ${view?.cwd ?? chat.folder()}`,
        `Backend      ${plainLine(profile?.name ?? view?.profile.profileName ?? '')}`,
        `Model        ${plainLine(currentModel(chat) || 'the first that the server lists')}`,
        `Permissions  ${permissionLabel(chat.permissions)}`,
        ...(view && view.turns.length > 0 ? [`Used         ${usageWords(view.usage)}`] : []),
      ]
    },
  },
  budget: {
    operand: '',
    help: 'Show what was spent, and the limits.',
    run: async (chat) => {
      const { engine, session, shell } = chat
      const { limitTable, spendingWords } = await import('../terminal/spending-lines.ts')
      const { today, month, limits } = await engine.spending.current()
      const nameOf = (id: string) => engine.profiles.get(id)?.name ?? id
      return [
        ...(session ? [`Session      ${usageWords(session.view().usage)}`] : []),
        `Today        ${spendingWords(today)}`,
        `This month   ${spendingWords(month)}`,
        ...(limits.length > 0 ? limitTable({ ...shell.screen.side, colour: false }, limits, nameOf) : []),
      ]
    },
  },
  clear: {
    operand: '',
    help: 'Begin a new session; the old one stays in the list of sessions.',
    run: async (chat) => {
      await chat.clear()
      return ['The next message begins a new session.']
    },
  },
  exit: { operand: '', help: 'Leave.', run: async () => 'exit' },
}

export const slashNames: readonly string[] = Object.keys(slashCommands).map((name) => `/${name}`)

/** Runs a command of the chat. `FailureError` from what the command does. */
export async function runSlashCommand(chat: ChatControls, name: string, argument: string): Promise<'exit' | 'done'> {
  const command = slashCommands[name === 'quit' ? 'exit' : name]
  const result = command
    ? await command.run(chat, argument)
    : [`There is no command /${name}; /help lists them. For a message that begins with /, put another word before it.`]
  if (result === 'exit') return 'exit'
  for (const line of result) chat.stage.reporter.note(line)
  return 'done'
}

const accessWords = {
  read: 'reads in the folder',
  write: 'changes files',
  shell: 'runs commands',
  unknown: 'is asked about each time',
} as const

/** The model that answers next; empty = the first that the server lists. */
export function currentModel({ session, choice, engine }: ChatControls): string {
  return session?.view().profile.model ?? choice.overrides.model ?? engine.profiles.get(choice.profileId)?.model ?? ''
}

function same(a: Permissions, b: Permissions): boolean {
  return a.write === b.write && a.shell === b.shell && a.sandbox === b.sandbox
}
