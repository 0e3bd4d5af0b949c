import { permissionLabel } from '#shared/policy/permission-tiers.ts'
import type { ExitCode } from '#shared/session/exit-code.ts'
import { policyNote } from '../run/policy-note.ts'
import { shortFolder } from '../terminal/words.ts'
import { Chat, type ChatOptions } from './chat.ts'
import { type MessageInput, pipedMessages, typedMessages } from './message-input.ts'
import { currentModel, slashNames } from './slash-commands.ts'

/** A conversation from its greeting to its end. */
export async function openChat(options: ChatOptions, first: string): Promise<ExitCode> {
  const chat = new Chat(options)
  const input = messages(chat, options)
  // One that goes on was told of it already.
  const note = options.session ? null : await policyNote(chat.engine, await chat.folders(), chat.shell)
  if (note) options.stage.reporter.note(note)
  try {
    if (!options.session) await chat.settleTrust()
    return await chat.run(first, input)
  } finally {
    input.close()
  }
}

function messages(chat: Chat, { shell, stage, session }: ChatOptions): MessageInput {
  if (!shell.interactive) return pipedMessages(process.stdin)
  const profile = chat.engine.profiles.get(chat.choice.profileId)
  stage.reporter.note(
    `${answering(chat, profile?.name ?? 'Claw')} in ${shortFolder(session?.view().cwd ?? chat.folder())}. ${permissionLabel(chat.permissions)}. /help lists the commands.`,
  )
  const input = typedMessages({
    prompt: '> ',
    commands: slashNames,
    onInterrupt: () => stage.reporter.note('/exit or Ctrl-D leaves.'),
  })
  for (const { text } of session?.view().turns ?? []) input.remember(text)
  return input
}

/** The model, where one is named, and who has it. */
function answering(chat: Chat, profileName: string): string {
  const model = currentModel(chat)
  return model && model !== profileName ? `${model} of ${profileName}` : profileName
}
